// A tarball of Postern inside the operator's folder: what is committed there installs on every other machine, too.

import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

/** Below the operator's folder. */
export const VENDOR = 'vendor';

/** Its path from the folder. */
export async function bringTarball(tarball: string, folder: string): Promise<string> {
  const path = `${VENDOR}/${basename(tarball)}`;
  await mkdir(join(folder, VENDOR), { recursive: true });
  if (resolve(tarball) !== resolve(folder, path)) await copyFile(tarball, join(folder, path));
  return path;
}
