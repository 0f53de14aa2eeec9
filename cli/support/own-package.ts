// Postern's own folder and package.json: in a clone the repository's, installed the package's.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder above with a package.json: this file is in cli/support/ or bundled into dist/cli/. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

export const OWN_ROOT = findRoot(import.meta.dirname);

export const OWN_PACKAGE: { readonly name: string; readonly version: string } = JSON.parse(
  readFileSync(join(OWN_ROOT, 'package.json'), 'utf8'),
);
