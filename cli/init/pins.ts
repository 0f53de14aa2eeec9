// The versions that a new folder gets: those that this release was tested with.
// In a clone they are read from the repository's package.json and wrangler.toml; the package has them in its own package.json.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readVariable } from '../setup/toml-text.ts';
import { OWN_ROOT } from '../support/own-package.ts';

export interface Pins {
  readonly wrangler: string;
  /** Of the npm package `node`. */
  readonly node: string;
  readonly compatibility_date: string;
}

interface Manifest {
  readonly pins?: Pins;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export async function loadPins(root = OWN_ROOT): Promise<Pins> {
  const { pins, devDependencies = {} } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  return pins ?? pinsOf(devDependencies, await readFile(join(root, 'wrangler.toml'), 'utf8'));
}

export function pinsOf({ wrangler, node }: Readonly<Record<string, string>>, wranglerToml: string): Pins {
  const compatibility_date = readVariable(wranglerToml, '', 'compatibility_date');
  if (wrangler === undefined || node === undefined || compatibility_date === undefined)
    throw new Error('package.json names no wrangler or no node, or wrangler.toml no compatibility date');
  return { wrangler, node, compatibility_date };
}
