// Builds what the package `postern` holds beside its documents: the worker as one module with its types and languages, the command,
// and what the release says of itself.
// `npm pack` calls it (prepack). What the worker's build assumes is what Wrangler's own assumes of it.

import { copyFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { describeRelease } from './schema.ts';

const ROOT = join(import.meta.dirname, '..');
const at = (path: string) => join(ROOT, path);

/** As src/config/no-variables.ts. */
export const NO_VARIABLES = 'export default {};\n';

/** Languages stay files beside the worker: in an operator's folder, Wrangler makes each a module of its own again. */
const languagesBeside: Plugin = {
  name: 'languages-beside',
  setup({ onResolve }) {
    onResolve({ filter: /\.txt$/ }, ({ path }) => ({ path: `./messages/${basename(path)}`, external: true }));
  },
};

export async function buildWorker(outfile: string): Promise<void> {
  cpSync(at('src/pages/messages/compiled'), join(dirname(outfile), 'messages'), { recursive: true });
  await build({
    entryPoints: [at('src/index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    // So that the source map names no place outside, where node_modules is a link.
    preserveSymlinks: true,
    // Wrangler puts the operator's postern.toml into its place, or leaves the package's own.
    external: ['cloudflare:*', 'node:*', '#postern/variables'],
    plugins: [languagesBeside],
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
    preserveSymlinks: true,
    // Some dependencies are CommonJS and ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}

const PARTS = ['cli', 'messages', 'worker.js', 'worker.js.map', 'worker.d.ts', 'no-variables.js', 'schema.json'];

export async function buildPackage(dist: string): Promise<void> {
  for (const part of PARTS) rmSync(join(dist, part), { recursive: true, force: true });
  await Promise.all([buildWorker(join(dist, 'worker.js')), buildCommand(join(dist, 'cli'))]);
  copyFileSync(at('build/worker.d.ts'), join(dist, 'worker.d.ts'));
  writeFileSync(join(dist, 'no-variables.js'), NO_VARIABLES);
  writeFileSync(join(dist, 'schema.json'), `${JSON.stringify(describeRelease(), null, 1)}\n`);
}

if (import.meta.main) await buildPackage(at('dist'));
