// A worker's source and what it imports as one script for Miniflare.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** `path` from this folder. */
export async function bundleWorker(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:workers'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
