// Which version is wanted: a version or tag of the registry, or a tarball; and getting it into a scratch folder, where it can be looked at.
// Nothing of the operator's folder is touched, and no script of a package runs.

import { stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readIfThere } from '../installation/files.ts';
import { CommandError, UsageError } from '../support/failure.ts';
import type { RunInFolder } from '../support/run-program.ts';
import { VENDOR } from '../support/vendor.ts';
import { isFromRegistry, loadManifest, type Manifest, type OperatorFolder } from './operator-folder.ts';
import { loadRelease, RELEASE_FILE, type Release } from './release.ts';
import { isVersion } from './semver.ts';

/** In the operator's folder. */
export const vendoredPath = (tarball: string): string => `${VENDOR}/${basename(tarball)}`;

export interface Wanted {
  /** As npm takes it: `0.2.0`, `npm:NAME@0.2.0`, `/path/postern-0.2.0.tgz`. */
  readonly spec: string;
  /** A file, which is to be brought into the folder. */
  readonly isTarball?: boolean;
  /** What the registry says against it. */
  readonly deprecated?: string;
}

const isAddress = (text: string): boolean => /^https:\/\//.test(text);
const looksLikePath = (text: string): boolean => /[/\\]|^file:|\.(tgz|tar\.gz)$/.test(text);

export async function findWanted(given: string | undefined, folder: OperatorFolder, npm: RunInFolder): Promise<Wanted> {
  if (given !== undefined && isAddress(given)) return { spec: given };
  if (given !== undefined && looksLikePath(given))
    return { spec: await findTarball(given.replace(/^file:/, ''), folder), isTarball: true };
  const { dependency, asked, installed } = folder;
  const spec = asked[dependency] ?? '';
  // The name of a package that came as a file may belong to somebody else there
  if (!isFromRegistry(spec))
    throw new UsageError(`Postern was not installed from the registry here (package.json says ${spec})`, [
      'name the tarball of the version that you want: postern update ./postern-1.2.3.tgz',
    ]);
  const { name } = installed.manifest;
  const { version, deprecated } = await askRegistry(name, given?.replace(/^v(?=\d)/, '') ?? 'latest', folder.root, npm);
  return {
    spec: dependency === name ? version : `npm:${name}@${version}`,
    ...(deprecated !== undefined && { deprecated }),
  };
}

async function findTarball(path: string, { root }: OperatorFolder): Promise<string> {
  const place = resolve(root, path);
  if ((await stat(place)).isFile()) return place;
  throw new UsageError(`${path} is a folder`, ['npm pack, there, makes the tarball that is wanted']);
}

async function askRegistry(name: string, wanted: string, root: string, npm: RunInFolder) {
  if (!/^[\w.+-]+$/.test(wanted)) throw new UsageError(`${wanted} is neither a version nor a tarball`);
  const { code, stdout, stderr } = await npm(['view', `${name}@${wanted}`, 'version', 'deprecated', '--json'], root);
  const answer = code === 0 ? parseAnswer(stdout) : undefined;
  if (answer) return answer;
  const isMissing = code === 0 || /E404|ETARGET|No match/i.test(stdout + stderr);
  throw new CommandError(
    isMissing ? `the registry has no ${name}@${wanted}` : `the registry does not say what ${name}@${wanted} is`,
    { hints: lastLines(stderr) },
  );
}

/** One field alone is text; of several versions there is a list, the newest at its end. */
function parseAnswer(stdout: string): { version: string; deprecated?: string | undefined } | undefined {
  if (stdout.trim() === '') return undefined;
  const answer: unknown = [JSON.parse(stdout)].flat().at(-1);
  if (typeof answer === 'string') return isVersion(answer) ? { version: answer } : undefined;
  const { version, deprecated } = answer as { version?: string; deprecated?: string };
  return version !== undefined && isVersion(version) ? { version, deprecated } : undefined;
}

export interface NewPackage {
  readonly place: string;
  readonly manifest: Manifest;
  readonly release: Release;
}

/** Installed in `scratch`, and looked at before anything of it runs. */
export async function getPackage(
  { spec }: Wanted,
  { root, dependency, installed }: OperatorFolder,
  scratch: string,
  npm: RunInFolder,
): Promise<NewPackage> {
  await writeFile(join(scratch, 'package.json'), '{ "private": true }\n');
  // Which registry, and how npm is let in there
  if ((await readIfThere(join(root, '.npmrc'))) !== undefined)
    await symlink(join(root, '.npmrc'), join(scratch, '.npmrc'));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, stderr } = await npm(['install', ...flags, `${dependency}@${spec}`], scratch);
  if (code !== 0) throw new CommandError(`npm could not get ${dependency}@${spec}`, { hints: lastLines(stderr) });
  const place = join(scratch, 'node_modules', dependency);
  const manifest = await loadManifest(place);
  const release = await loadRelease(place);
  if (manifest?.bin?.['postern'] === undefined || !isVersion(manifest.version) || release === undefined)
    throw new CommandError(`${spec} is no Postern that can be updated to: it has no ${RELEASE_FILE}`);
  if (manifest.name !== installed.manifest.name)
    throw new CommandError(
      `that package is called ${manifest.name}, and the installed one ${installed.manifest.name}`,
      {
        hints: ['if that is meant, change package.json and src/ by hand'],
      },
    );
  return { place, manifest, release };
}

export const lastLines = (text: string): readonly string[] => text.trim().split('\n').filter(Boolean).slice(-4);
