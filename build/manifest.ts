// The package.json that is packed: the repository's without what only the repository needs.
// `npm pack` reads it from the folder, so it is put there before (prepack) and the repository's own back after (postpack).

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MANIFEST = join(import.meta.dirname, '../package.json');
const KEPT = join(import.meta.dirname, '../dist/package.repository.json');

type Manifest = Readonly<Record<string, unknown>>;

export function packedManifest(manifest: Manifest): Manifest {
  const { scripts: _scripts, devDependencies: _tools, allowScripts: _allowed, private: _private, ...packed } = manifest;
  return { ...packed, imports: { '#postern/variables': './dist/no-variables.js' } };
}

/** Also after a pack that was interrupted: then the kept one is put back first. */
function prepare(): void {
  restore();
  const text = readFileSync(MANIFEST, 'utf8');
  writeFileSync(KEPT, text);
  writeFileSync(MANIFEST, `${JSON.stringify(packedManifest(JSON.parse(text)), null, 2)}\n`);
}

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

if (import.meta.main) {
  if (process.argv[2] === 'restore') restore();
  else prepare();
}
