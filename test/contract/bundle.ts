// A worker's source and what it imports as one script for Miniflare.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export async function bundleWorker(source: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(source)],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:workers'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
