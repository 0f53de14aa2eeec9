// The folder that is updated: its package.json, the Postern that it asks for, and the one that is installed there.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readIfThere } from '../installation/files.ts';
import { CommandError, UsageError } from '../support/failure.ts';
import { loadRelease, type Release } from './release.ts';
import { isVersion } from './semver.ts';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface OperatorFolder {
  readonly root: string;
  /** All that package.json asks for. */
  readonly asked: Readonly<Record<string, string>>;
  /** The name that package.json has Postern under, which may be an alias. */
  readonly dependency: string;
  readonly installed: {
    readonly manifest: Manifest;
    /** Missing where that version does not say. */
    readonly release: Release | undefined;
    readonly changelog: string;
  };
}

export async function openFolder(root: string): Promise<OperatorFolder> {
  const text = await readIfThere(join(root, 'package.json'));
  if (text === undefined) throw new UsageError('there is no package.json here', ['run this in the gateway’s folder']);
  const own = parseManifest(text, 'package.json');
  const asked = { ...own.devDependencies, ...own.dependencies };
  const found = await findPostern(root, Object.keys(asked));
  if (found) return { root, asked, ...found };
  if (own.bin?.['postern'] !== undefined)
    throw new UsageError('this is Postern’s own repository: git pull, then npm install');
  if (Object.hasOwn(asked, 'postern')) throw new UsageError('Postern is not installed here yet: npm install');
  throw new UsageError('package.json does not ask for Postern', ['run this in the gateway’s folder']);
}

async function findPostern(root: string, names: readonly string[]) {
  for (const dependency of names) {
    const place = join(root, 'node_modules', dependency);
    const manifest = await loadManifest(place);
    if (manifest?.bin?.['postern'] === undefined || !isVersion(manifest.version)) continue;
    const changelog = (await readIfThere(join(place, 'CHANGELOG.md'))) ?? '';
    return { dependency, installed: { manifest, release: await loadRelease(place), changelog } };
  }
  return undefined;
}

export async function loadManifest(folder: string): Promise<Manifest | undefined> {
  const place = join(folder, 'package.json');
  const text = await readIfThere(place);
  return text === undefined ? undefined : parseManifest(text, place);
}

function parseManifest(text: string, place: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    throw new CommandError(`${place} is not JSON`, { cause });
  }
}

/** True for a version, a range, a tag or an alias; false for a file, a folder or an address. */
export const isFromRegistry = (spec: string): boolean => spec.startsWith('npm:') || !/[/:]/.test(spec);

/** The folder of the Wrangler that is installed there. */
export async function findWrangler(root: string): Promise<string> {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('wrangler/package.json'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new CommandError('Wrangler is not installed here: without it the configuration can’t be read', {
      hints: ['npm install, or npm install --save-dev wrangler'],
    });
  }
}

export async function versionOf(root: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseManifest(text, name).version;
}
