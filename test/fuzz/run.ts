// `npm run fuzz`: the properties of test/property, as many cases of each as the time allows. Ends with 1 where one of them fails.
// -- --seconds=60 --only=cookies,app --seed=1 --path=12:0:1 (of one case, as a failure names it)

import { Worker } from 'node:worker_threads';
import { readOptions } from './options.ts';
import type { Report, WorkerData } from './worker.ts';

/** Seconds of processor time, and of silence, after which one case is taken for one without end. */
const MOST_CPU = 40;
const MOST_SILENCE = 120;
const LONGEST_PRINTED = 4_000;

const options = readOptions(process.argv.slice(2));
if ('problem' in options) {
  console.error(options.problem);
  process.exit(2);
}

const sums = new Map<string, { runs: number; slowest: number }>();
let current = { name: '', seed: options.seed };
let hasFailed = false;
const progress = new Int32Array(new SharedArrayBuffer(4));
const workerData: WorkerData = { options, progress };
// A stack as in Workers, which is what deep nesting can cost.
const resourceLimits = { stackSizeMb: 1 };
const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, resourceLimits });

worker.on('message', (report: Report) => {
  if (report.kind === 'began') current = report;
  if (report.kind === 'passed') {
    const { runs, slowest } = sums.get(report.name) ?? { runs: 0, slowest: 0 };
    sums.set(report.name, { runs: runs + report.runs, slowest: Math.max(slowest, report.slowest) });
  }
  if (report.kind === 'failed') fail(report, report.path, `${shorten(report.input)}\n\n${shorten(report.reason)}`);
});
worker.on('error', (error) => fail(current, currentPath(), error.stack ?? ''));
worker.on('exit', () => {
  printSums();
  process.exit(hasFailed || sums.size === 0 ? 1 : 0);
});
watch();

/** A thread that is caught in one case can't report it. It shows by its processor time, and by no other case beginning. */
function watch(): void {
  let seen = '';
  let since = { at: Date.now(), cpu: process.cpuUsage() };
  setInterval(() => {
    const now = `${current.name} ${current.seed} ${Atomics.load(progress, 0)}`;
    const { user } = process.cpuUsage(since.cpu);
    if (now !== seen) {
      seen = now;
      since = { at: Date.now(), cpu: process.cpuUsage() };
    } else if (user / 1e6 > MOST_CPU || Date.now() - since.at > MOST_SILENCE * 1000) {
      fail(current, currentPath(), 'it came to no end');
      printSums();
      process.exit(1);
    }
  }, 1000).unref();
}

function currentPath(): string {
  return String(Math.max(0, Atomics.load(progress, 0) - 1));
}

function fail({ name, seed }: typeof current, path: string, text: string): void {
  hasFailed = true;
  console.log(`failed ${name}\n\n${text}\n\nagain: npm run fuzz -- --only=${name} --seed=${seed} --path=${path}\n`);
}

/** What is repeated often is written once, so that the rest of it can be seen. */
function shorten(text: string): string {
  const short = text
    .slice(0, 200_000)
    .replace(/([\s\S]{1,12}?)\1{15,}/g, (run, piece: string) => `⟨${piece}⟩×${run.length / piece.length}`);
  return short.length > LONGEST_PRINTED ? `${short.slice(0, LONGEST_PRINTED)} …` : short;
}

function printSums(): void {
  for (const [name, { runs, slowest }] of sums) {
    console.log(`${name.padEnd(20)} ${String(runs).padStart(9)} runs, slowest ${slowest.toFixed(1).padStart(7)} ms`);
  }
  const all = [...sums.values()].reduce((sum, { runs }) => sum + runs, 0);
  console.log(`${all} runs of ${sums.size} targets, ${hasFailed ? 'one has failed' : 'none has failed'}`);
}
