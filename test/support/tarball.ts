// The package as `npm pack` makes it, of a copy of the repository: packing puts another package.json into the folder for a moment, which
// nobody who reads it meanwhile may see.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
/** What packing needs, and no more. */
const PARTS = [
  ...['bin', 'build', 'cli', 'create-postern', 'demo', 'docs', 'src', 'templates'],
  ...['.npmrc', 'CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json', 'wrangler.toml'],
];

export interface Packed {
  readonly postern: string;
  readonly create: string;
}

/** `version`: another than the repository's. */
export async function packRepository(folder: string, version?: string): Promise<Packed> {
  const copy = mkdtempSync(join(tmpdir(), 'postern-copy-'));
  try {
    for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    if (version !== undefined) setVersion(join(copy, 'package.json'), version);
    const [postern, create] = [await pack(copy, folder), await pack(join(copy, 'create-postern'), folder)];
    return { postern, create };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function setVersion(manifest: string, version: string): void {
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), version }));
}

async function pack(cwd: string, folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--pack-destination', folder], { cwd });
  return join(folder, basename(stdout.trim().split('\n').at(-1) ?? ''));
}
