// The versions of Postern, of the Node that runs it, and of the Wrangler in the folder where it is used.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { OWN_PACKAGE } from '../support/own-package.ts';

export interface Versions {
  readonly postern: string;
  readonly node: string;
  /** `null`: there is none. */
  readonly wrangler: string | null;
}

export async function loadVersions(): Promise<Versions> {
  return { postern: OWN_PACKAGE.version, node: process.versions.node, wrangler: await findWrangler() };
}

async function findWrangler(): Promise<string | null> {
  try {
    const place = createRequire(join(process.cwd(), 'package.json')).resolve('wrangler/package.json');
    return JSON.parse(await readFile(place, 'utf8')).version;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw cause;
  }
}
