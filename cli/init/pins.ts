// The versions that a new folder gets: those that this release was tested with.
// In a clone they are the repository's own; the package has them in what it says of itself.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../installation/files.ts';
import { loadWrangler } from '../support/load-wrangler.ts';
import { OWN_ROOT } from '../support/own-package.ts';
import { loadRelease, RELEASE_FILE } from '../update/release.ts';

export interface Pins {
  readonly wrangler: string;
  /** Of the npm package `node`. */
  readonly node: string;
  readonly compatibilityDate: string;
}

export async function loadPins(root = OWN_ROOT): Promise<Pins> {
  // Only a clone has one; what was built there may be of an older day.
  const config = join(root, 'wrangler.toml');
  if (existsSync(config)) return pinsOf(await readIfThere(join(root, 'package.json')), config);
  const release = await loadRelease(root);
  if (release === undefined) throw new Error(`${root} has no ${RELEASE_FILE}`);
  return { ...release.tools, compatibilityDate: release.compatibilityDate };
}

async function pinsOf(manifest = '{}', config: string): Promise<Pins> {
  const { wrangler, node } = JSON.parse(manifest).devDependencies ?? {};
  const { experimental_readRawConfig } = await loadWrangler();
  const { compatibility_date: compatibilityDate } = experimental_readRawConfig({ config }).rawConfig;
  if (wrangler === undefined || node === undefined || compatibilityDate === undefined)
    throw new Error('package.json names no wrangler or no node, or wrangler.toml no compatibility date');
  return { wrangler, node, compatibilityDate };
}
