// `npm run check`: types, lint with the folder fences, unused code, and the size of what is deployed.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { workerModules } from '../../cli/support/worker-modules.ts';

/** Of the script, which every isolate loads; the languages beside it are loaded where somebody reads them. docs/performance.md. */
const BUDGET_KIB = 112;
const env = { ...process.env, WRANGLER_SEND_METRICS: 'false' };

const steps: readonly (readonly [title: string, command: string, ...args: string[]])[] = [
  ['types of the worker', 'tsc', '-p', 'tsconfig.json'],
  ['types of everything else', 'tsc', '-p', 'tsconfig.node.json'],
  ['lint and format', 'biome', 'check', '--error-on-warnings', '.'],
  ['unused code', 'knip'],
  ['bundle', 'wrangler', 'deploy', '--dry-run', '--outdir', 'dist'],
];

let failures = 0;
for (const [title, command, ...args] of steps) {
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok    ' : 'failed'} ${title}`);
  if (status === 0) continue;
  failures += 1;
  console.log(`${stdout}${stderr}`);
}

const { modules } = workerModules('dist/index.js');
const [size = 0, ...languages] = modules.map(({ path }) => gzipSync(readFileSync(path)).byteLength / 1024);
const isSmall = size <= BUDGET_KIB;
console.log(`${isSmall ? 'ok    ' : 'failed'} size: ${size.toFixed(1)} KiB gzip of ${BUDGET_KIB}`);
const whole = languages.reduce((sum, each) => sum + each, size);
console.log(`ok     whole upload: ${whole.toFixed(1)} KiB gzip, with ${languages.length} languages beside the script`);
process.exit(failures === 0 && isSmall ? 0 : 1);
