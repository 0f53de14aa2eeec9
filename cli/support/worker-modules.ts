// A built worker as Miniflare takes it: the script, and beside it the languages that Wrangler has made modules of their own.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface WorkerModules {
  readonly modulesRoot: string;
  readonly modules: { readonly type: 'ESModule' | 'Text'; readonly path: string }[];
}

/** `script`: path of what `wrangler deploy --dry-run --outdir` has written. */
export function workerModules(script: string): WorkerModules {
  const folder = dirname(script);
  const text = readFileSync(script, 'utf8');
  // Earlier builds may have left theirs in the folder.
  const texts = readdirSync(folder).filter((name) => name.endsWith('.txt') && text.includes(name));
  return {
    modulesRoot: folder,
    modules: [
      { type: 'ESModule', path: script },
      ...texts.map((name) => ({ type: 'Text' as const, path: join(folder, name) })),
    ],
  };
}
