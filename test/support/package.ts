// The package as it would be published, under any version, as a tarball. Packed from a copy: packing puts another package.json
// into the folder for a moment, which no other test may see.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from '../../cli/update/release.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What packing needs, and no more. */
const PARTS = [
  ...['bin', 'build', 'cli', 'create-postern', 'demo', 'docs', 'examples', 'src', 'stand-in', 'templates'],
  ...[
    '.npmrc',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'package.json',
    'wrangler.toml',
  ],
];

export interface Packed {
  readonly version: string;
  readonly changelog?: string;
  /** What dist/schema.json says, beside the version. */
  readonly release?: Partial<Release>;
}

/** Built once in `folder`; each call packs it again as another release, and returns the tarball's path. */
export function createPacker(folder: string): (packed: Packed) => string {
  const [copy, unpacked] = [join(folder, 'repository'), join(folder, 'package')];
  copyRepository(copy);
  mkdirSync(unpacked);
  execFileSync('tar', ['xzf', packFolder(copy, folder), '-C', folder]);
  const read = (name: string) => readFileSync(join(unpacked, name), 'utf8');
  const [manifest, schema, ownChangelog] = [read('package.json'), read('dist/schema.json'), read('CHANGELOG.md')];
  return ({ version, changelog = ownChangelog, release }) => {
    writeFileSync(join(unpacked, 'package.json'), JSON.stringify({ ...JSON.parse(manifest), version }));
    writeFileSync(join(unpacked, 'dist/schema.json'), JSON.stringify({ ...JSON.parse(schema), ...release, version }));
    writeFileSync(join(unpacked, 'CHANGELOG.md'), changelog);
    return packFolder(unpacked, folder);
  };
}

function copyRepository(copy: string): void {
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
}

/** Paths of both tarballs, this one's and the initialiser's, as `npm pack` makes them. */
export function packRepository(folder: string): { readonly postern: string; readonly create: string } {
  const copy = join(folder, 'repository');
  copyRepository(copy);
  const packed = { postern: packFolder(copy, folder), create: packFolder(join(copy, 'create-postern'), folder) };
  rmSync(copy, { recursive: true });
  return packed;
}

export function packFolder(folder: string, destination: string): string {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const output = execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', destination], options);
  return join(destination, output.trim().split('\n').at(-1) ?? '');
}
