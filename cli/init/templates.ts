// The files of templates/operator/, as they are kept there: npm leaves .gitignore and .npmrc out of a package, so no name has its dot.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_ROOT } from '../support/own-package.ts';
import type { File } from './folder.ts';

const FOLDER = join(OWN_ROOT, 'templates/operator');
const DOTTED = ['gitignore', 'npmrc', 'github'];

export async function loadTemplates(): Promise<readonly File[]> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(FOLDER.length + 1))
    .sort();
  return await Promise.all(
    paths.map(async (path) => ({ path: nameOf(path), text: await readFile(join(FOLDER, path), 'utf8') })),
  );
}

const nameOf = (path: string): string => (DOTTED.includes(path.split('/')[0] ?? '') ? `.${path}` : path);
