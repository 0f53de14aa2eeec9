// The package.json that is packed: the repository's without what only the repository needs, and with the versions it was tested with.
// `npm pack` reads it from the folder, so it is put there before (prepack) and the repository's own back after (postpack).

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinsOf } from '../cli/init/pins.ts';

const ROOT = join(import.meta.dirname, '..');
const MANIFEST = join(ROOT, 'package.json');
const KEPT = join(ROOT, 'dist/package.repository.json');

interface Manifest {
  readonly [name: string]: unknown;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export function packedManifest(manifest: Manifest, wranglerToml: string): Readonly<Record<string, unknown>> {
  const { scripts: _scripts, devDependencies, allowScripts: _allowed, private: _private, ...packed } = manifest;
  const imports = { '#postern/variables': './dist/no-variables.js' };
  return { ...packed, imports, pins: pinsOf(devDependencies, wranglerToml) };
}

/** Also after a pack that was interrupted: then the kept one is put back first. */
function prepare(): void {
  restore();
  const text = readFileSync(MANIFEST, 'utf8');
  writeFileSync(KEPT, text);
  const packed = packedManifest(JSON.parse(text), readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'));
  writeFileSync(MANIFEST, `${JSON.stringify(packed, null, 2)}\n`);
}

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

if (import.meta.main) {
  if (process.argv[2] === 'restore') restore();
  else prepare();
}
