// The files that are imported, and those that they name: beside them, or below the folder that stands for the old machine's root.

import { globSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Input, Reader } from './draft.ts';

export const readInputs = (paths: readonly string[]): Promise<readonly Input[]> =>
  Promise.all(paths.map(async (path) => ({ name: path, text: withoutMark(await readFile(path, 'utf8')) })));

/** Some editors put a byte order mark in front. */
const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** `root`: what stands for `/` of the machine that the files are from. */
export function createReader(paths: readonly string[], root: string | undefined): Reader {
  const folders = [...new Set(paths.map((path) => dirname(resolve(path))))];
  const placesOf = (path: string): readonly string[] => [
    ...(root === undefined ? (isAbsolute(path) ? [path] : []) : [join(root, path)]),
    ...folders.flatMap((folder) =>
      isAbsolute(path) ? [join(folder, basename(path))] : [join(folder, path), join(dirname(folder), path)],
    ),
  ];
  return {
    readNamed: (path) =>
      placesOf(path)
        .map(readFileIfThere)
        .find((text) => text !== undefined),
    listNamed: (pattern) => {
      const found = placesOf(pattern).flatMap((place) =>
        isFolder(place) ? globSync(join(place, '*')) : globSync(place),
      );
      const files = [...new Set(found)].filter((file) => !isFolder(file)).sort();
      return files.length > 0 || /[*?[]/.test(pattern) ? files : undefined;
    },
  };
}

function readFileIfThere(path: string): string | undefined {
  try {
    return withoutMark(readFileSync(path, 'utf8'));
  } catch {
    // Not there, or not to be read: whoever asked says what is closed by that.
    return undefined;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
