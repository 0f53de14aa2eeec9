// Builds what the package `postern` holds beside its documents: the worker as one module with its types, and the command.
// `npm pack` calls it (prepack). What the worker's build assumes is what Wrangler's own assumes of it.

import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const at = (path: string) => join(ROOT, path);

/** As src/config/no-variables.ts. */
export const NO_VARIABLES = 'export default {};\n';

export async function buildWorker(outfile: string): Promise<void> {
  await build({
    entryPoints: [at('src/index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    // Wrangler puts the operator's postern.toml into its place, or leaves the package's own.
    external: ['cloudflare:*', 'node:*', '#postern/variables'],
    minify: true,
    keepNames: false,
    sourcemap: true,
    legalComments: 'none',
  });
}

export async function buildCommand(outdir: string): Promise<void> {
  await build({
    entryPoints: { postern: at('cli/postern.ts') },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // `postern init` brings a newer one.
    target: 'node20',
    // The operator's folder has its own.
    external: ['wrangler', 'miniflare'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // Some dependencies are CommonJS and ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}

if (import.meta.main) {
  for (const path of ['dist/cli', 'dist/worker.js', 'dist/worker.js.map', 'dist/worker.d.ts', 'dist/no-variables.js'])
    rmSync(at(path), { recursive: true, force: true });
  await Promise.all([buildWorker(at('dist/worker.js')), buildCommand(at('dist/cli'))]);
  copyFileSync(at('build/worker.d.ts'), at('dist/worker.d.ts'));
  writeFileSync(at('dist/no-variables.js'), NO_VARIABLES);
}
