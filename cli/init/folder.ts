// The folder that `init` fills: only an empty one, and nothing in it is ever written over.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../support/failure.ts';

export interface File {
  /** With slashes, from the folder. */
  readonly path: string;
  readonly text: string;
}

/** A repository without a commit, and what the Finder leaves behind. */
const NOTHING = ['.git', '.DS_Store'];

export async function assertEmpty(folder: string): Promise<void> {
  const found = (await readFolder(folder)).filter((name) => !NOTHING.includes(name)).sort();
  if (found.length === 0) return;
  const others = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  throw new CommandError(`${folder} is not empty: there is ${found[0]}${others}`, {
    hints: ['nothing was written; name another folder, or move away what is in this one'],
  });
}

async function readFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new CommandError(`${folder} is a file: nothing was written`, { cause });
    throw cause;
  }
}

/** Paths of what was written. */
export async function writeFiles(folder: string, files: readonly File[]): Promise<readonly string[]> {
  for (const { path, text } of files) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, text, { flag: 'wx' });
  }
  return files.map(({ path }) => path);
}
