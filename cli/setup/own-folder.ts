// Before anything is registered: does the application use the folder itself in which the gateway's endpoints shall be?

import { folderOf } from '../../src/endpoints/catalogue.ts';
import { findFolderUse, namePaths } from '../installation/own-folder.ts';
import { UsageError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { type Answers, callbackOf } from './wanted.ts';

export interface FolderChoice {
  /** As answered, or with the folder that was chosen. */
  readonly url: string;
  /** Where nobody could be asked. */
  readonly advice?: string;
}

/** `current`: the callback that the deployment has. An application that does not answer yet says nothing. */
export async function chooseFolder(
  { fetch, prompts }: Pick<System, 'fetch' | 'prompts'>,
  { url, upstream }: Pick<Answers, 'url' | 'upstream'>,
  current: string | undefined,
): Promise<FolderChoice> {
  const { origin, pathname } = new URL(callbackOf(url, current));
  const folder = folderOf(pathname);
  if (upstream.startsWith('service:') || folder === '') return { url };
  const use = await findFolderUse(fetch, upstream, folder);
  if (use.kind !== 'taken') return { url };
  const found = `the application has addresses of its own below ${folder} (${namePaths(use.paths)})`;
  const proposed = `${origin}${use.folder}/callback`;
  if (!prompts) return { url, advice: `${found}, where the gateway answers: --url ${proposed} takes another folder` };
  const typed = await prompts.text({
    message: `${found[0]?.toUpperCase()}${found.slice(1)}. Folder of the gateway’s own addresses`,
    initial: use.folder,
    check: (text) => (isFolder(text) ? undefined : 'a path such as /_auth'),
  });
  if (!isFolder(typed)) throw new UsageError(`a folder is a path such as ${use.folder}, not ${typed || 'nothing'}`);
  return { url: typed === folder ? url : `${origin}${typed}/callback` };
}

const isFolder = (text: string): boolean => /^(?:\/[\w.~-]+)+$/.test(text);
