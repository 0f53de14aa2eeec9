// `npm test`: builds the worker, runs every test, and ends with one plain line of counts.
// Arguments go to vitest: `npm test -- test/flow`.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { CHROMIUM } from './chromium.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

const REPORT = 'test-results/report.json';
const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: process.env.CI ?? 'true' };

if (!existsSync(CHROMIUM))
  console.log(`No Chromium at ${CHROMIUM}: the browser tests are skipped, everything else runs.`);

mkdirSync('test-results', { recursive: true });
rmSync(REPORT, { force: true });
// The end-to-end tests run what is deployed.
const build = spawnSync('wrangler', ['deploy', '--dry-run', '--outdir', 'dist'], { env, encoding: 'utf8' });
if (build.status !== 0) {
  console.error(build.stdout + build.stderr);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const { status } = spawnSync('vitest', ['run', ...reporters, ...process.argv.slice(2)], { env, stdio: 'inherit' });

const report = existsSync(REPORT) ? (JSON.parse(readFileSync(REPORT, 'utf8')) as Report) : undefined;
// A file that could not even be loaded has no tests to count, and is a failure all the same.
const broken = report?.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const failed = (report?.numFailedTests ?? 0) + (broken?.length ?? 0);
const failures = failed === 0 && status !== 0 ? 1 : failed;
console.log(`${report?.numPassedTests ?? 0} passed, ${failures} failed, ${report?.numPendingTests ?? 0} skipped`);
process.exit(failures === 0 ? 0 : 1);
