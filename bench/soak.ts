// Ten minutes at full load while everything behind the gateway breaks in turn: `npm run soak`, or `npm run soak -- --minutes=2`.
// ARCHITECTURE §3, promises 1 to 6 and 10. Every answer is judged by what is broken at that moment; memory is flat at the end.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient, type Exchanged } from './soak-browser.ts';
import { type Crowd, createCrowd } from './soak-crowd.ts';
import { type Cell, createRota } from './soak-faults.ts';
import type { Figures } from './soak-figures.ts';
import { createJudge, type Judge } from './soak-judge.ts';
import { createLogMemory } from './soak-log.ts';
import { createProbe, isLetGo, judgeMemory, type Sample } from './soak-memory.ts';
import { createPhases } from './soak-phases.ts';
import { print, printFindings, printPhase, printPhases, printSamples, printViolations } from './soak-print.ts';
import { createSoakStage, type Delivery } from './soak-stage.ts';
import { watchStalls } from './soak-stalls.ts';
import { KEYS_LAG } from './soak-strangers.ts';
import { SLACK, TIMES } from './soak-world.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Seconds. */
const WARM_UP = 12;
const BROKEN = 5;
const QUIET = 2;
const BETWEEN_SAMPLES = 20;
/** Until the last session has run out, its tombstone too, and the platform has put the objects away whose alarms rang then. */
const COOL_DOWN = TIMES.maximum + 60 + 25;
const PEOPLE = 200;
/** Milliseconds: ARCHITECTURE §3, the upstream's time, and ours. */
const LONGEST_ANSWER = (15 + TIMES.upstream) * 1000 + SLACK;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    /** Only cells whose name has this: `--only="token reset"`. */
    only: { type: 'string', default: '' },
    script: { type: 'string' },
  },
});

const log = createLogMemory();
const phases = createPhases();
const stalls = watchStalls();
const startedAt = performance.now();
/** Seconds since then. */
const elapsed = () => (performance.now() - startedAt) / 1000;
let judge: Judge | undefined;
let crowd: Crowd | undefined;

const stage = await createSoakStage(options.script ?? buildWorker(), PEOPLE, {
  complain: (what, detail) => judge?.complain(what, detail),
  onDelivery: judgeDelivery,
  onTokensCutShort: (sub) => crowd?.tokensCutShort(sub),
  onLog: log.take,
});
const { board, zitadel, worker } = stage;
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());
// Whatever hangs here, the processes that were started end.
const overdue = setTimeout(() => interruption.abort(), (Number(options.minutes) + 6) * 60_000);
let isGood = false;
try {
  isGood = await run();
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  print('interrupted');
} finally {
  clearTimeout(overdue);
  stalls.stop();
  await stage.close();
}
process.exit(isGood ? 0 : 1);

async function run(): Promise<boolean> {
  const seconds = Number(options.minutes) * 60;
  const cells = chooseCells(Math.floor((seconds - WARM_UP) / (BROKEN + QUIET)));
  judge = createJudge({ board, startedAt, stalls, logOf: log.find });
  const client = createClient(worker.port, recordAnswer);
  crowd = createCrowd({ client, board, zitadel, judge }, stage.subs, Number(options.connections));
  const probe = await createProbe(worker, stage.inspectorPort, () => client.send('/auth/health'));
  await client.send('/auth/ready');
  const { figures } = crowd;
  const sample = () => probe.sample(elapsed(), figures.signIns);
  const before = await sample();
  print(
    `${seconds} s, ${options.connections} connections, ${PEOPLE} people, ${cells.length} faults; load average before: ${loadavg()[0]?.toFixed(1)}`,
  );

  crowd.start();
  phases.begin('quiet');
  await rest(WARM_UP);
  const samples = await playAll(cells, sample);
  await withinAMinute(crowd.stop());
  client.close();
  phases.begin('cooling down');
  const after = await coolDown(before, sample);
  probe.close();

  const findings = judgeMemory(samples, before, after);
  printPhases(phases.all.slice(0, -1));
  printSamples([before, ...samples, after]);
  printFigures(figures);
  printFindings(findings);
  printViolations(judge);
  return judge.counts.size === 0 && findings.every(({ holds }) => holds);
}

/** Ends as soon as memory and descriptors are released, or after COOL_DOWN. */
async function coolDown(before: Sample, sample: () => Promise<Sample>): Promise<Sample> {
  const until = elapsed() + COOL_DOWN;
  let after = await sample();
  while (elapsed() < until && !isLetGo(before, after)) {
    await rest(5);
    after = await sample();
  }
  return after;
}

/** Samples are taken while nothing is broken, and everybody goes on. */
async function playAll(cells: readonly Cell[], sample: () => Promise<Sample>): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const cell of cells) {
    await play(cell);
    if (elapsed() - (samples.at(-1)?.at ?? 0) >= BETWEEN_SAMPLES) samples.push(await sample());
  }
  return [...samples, await sample()];
}

async function play(cell: Cell): Promise<void> {
  const from = performance.now();
  await stage.breakPlace(cell);
  const phase = phases.begin(cell.place, cell.fault);
  await rest(BROKEN);
  await stage.mend();
  phase.hits = board.spans(from, performance.now()).reduce((sum, { hits }) => sum + hits, 0);
  phases.begin('quiet');
  printPhase(phase, startedAt);
  await rest(QUIET);
}

/** As many as there is time for, from all places and kinds. */
function chooseCells(most: number): Cell[] {
  const all = createRota().filter(({ place, fault }) => `${place} ${fault}`.includes(options.only));
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] as Cell);
}

function recordAnswer(exchanged: Exchanged): void {
  phases.record(exchanged);
  const isLate = exchanged.to - exchanged.from > LONGEST_ANSWER;
  if (isLate) judge?.complainOf('an answer comes within 15 seconds, the upstream’s time aside', exchanged);
}

function judgeDelivery(delivery: Delivery): void {
  const { status, from, to } = delivery;
  if (status === 200) {
    crowd?.noticeTaken(delivery);
    return;
  }
  // 503 means that the keys could not be fetched just now; ZITADEL tries again.
  const isExplained = status === 503 && board.touched(['keys'], from - KEYS_LAG, to);
  if (!isExplained) judge?.complain('the gateway takes ZITADEL’s logout tokens', `status ${status}`);
}

async function withinAMinute(task: Promise<void>): Promise<void> {
  let isDone = false;
  await Promise.race([task.then(() => (isDone = true)), rest(60)]);
  if (!isDone) judge?.complain('everybody gets an answer in the end', 'some wait still');
}

function printFigures(figures: Figures): void {
  print(`\nCPU of the worker: ${worker.cpu().toFixed(0)} s`);
  print(`seconds in which the machine stood still: ${(stalls.total / 1000).toFixed(1)}`);
  for (const [name, count] of Object.entries(figures)) print(`${name}: ${count}`);
}

function rest(seconds: number): Promise<unknown> {
  return sleep(seconds * 1000, undefined, { signal: interruption.signal });
}

function buildWorker(): string {
  const folder = `${ROOT}dist/soak`;
  rmSync(folder, { recursive: true, force: true });
  execFileSync('npx', ['wrangler', 'deploy', '--dry-run', '--outdir', folder], { cwd: ROOT, stdio: 'ignore' });
  return `${folder}/index.js`;
}
