// Where the processor time of a request goes, the floor's and a signed-in one's side by side: `node bench/samples.ts [<bundle>]`.
// Samples of the whole process by `perf record` (Debian's linux-perf), each put down to what called it. bench/profile.ts knows JavaScript alone.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { putLoad } from './load.ts';
import { BROWSER_HEADERS, createStage } from './stage.ts';
import type { RunningWorkerd } from './workerd.ts';

/** Milliseconds. */
const WARM_UP = 3_000;
const DURATION = 8_000;
/** Samples a second of processor time. */
const FREQUENCY = 999;

const COLLECTION = 'garbage collection';
/** A stack is named by the first of these that fits it. Where none fits, the innermost frame decides what it counts as. */
const CALLERS: readonly (readonly [name: string, frames: RegExp])[] = [
  [COLLECTION, /CollectGarbage|MinorGC/],
  ['the log', /consoleDecorator|handleLog/],
  ['fetch', /ServiceWorkerGlobalScope::fetch/],
  ['timers', /setTimeout|clearTimeout|TimeoutManager/],
  ['URLs', /api::url::URL|ada::/],
  ['responses', /api::Response|Response::constructor/],
  ['header fields', /api::Headers::|_3api7Headers/],
  ['other calls into the runtime', /(Method|Getter|Setter|Constructor)Callback|v8::internal::Runtime_/],
];
/** Where the runtime calls JavaScript. */
const ENTRY = /^Builtins_JS(Entry|RunMicrotasksEntry)/;
const JAVASCRIPT = /^(\[unknown\]|Builtins_|v8::internal::)/;

const script = process.argv[2] ?? fileURLToPath(new URL('../dist/index.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'bench-'));
const stage = await createStage(script);
try {
  const postern = await stage.startPostern();
  const Cookie = `theme=dark; ${await stage.signIn(postern, 'staff')}`;
  const floor = await stage.start(await stage.bundle('floor-worker'));
  const [floors, ours] = [await sample(floor, Cookie), await sample(postern, Cookie)];
  console.log('| | floor, CPU µs/request | signed in | beyond the floor |\n|---|---:|---:|---:|');
  for (const name of [...new Set([...ours.keys(), ...floors.keys()])]) {
    const [before, after] = [floors.get(name) ?? 0, ours.get(name) ?? 0];
    console.log(`| ${name} | ${before.toFixed(0)} | ${after.toFixed(0)} | ${(after - before).toFixed(0)} |`);
  }
} finally {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
}

/** What called → microseconds for each request. */
async function sample(worker: RunningWorkerd, Cookie: string): Promise<Map<string, number>> {
  const load = { port: worker.port, path: '/last/page?q=1', headers: { ...BROWSER_HEADERS, Cookie }, connections: 8 };
  await putLoad({ ...load, duration: WARM_UP });
  const file = join(folder, `${worker.pid}.data`);
  const recording = ['record', '-F', String(FREQUENCY), '-e', 'cpu-clock', '-g', '-p', String(worker.pid), '-o', file];
  const perf = spawn('perf', recording, { stdio: 'ignore' });
  const ended = new Promise((resolve, reject) => perf.once('exit', resolve).once('error', reject));
  const { requests } = await putLoad({ ...load, duration: DURATION });
  perf.kill('SIGINT');
  await ended;
  const stacks = execFileSync('perf', ['script', '-i', file, '-F', 'ip,sym'], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split('\n\n');
  const each = 1e6 / FREQUENCY / requests;
  const times = new Map<string, number>([['all of it', 0]]);
  for (const stack of stacks.map((text) => text.trim()).filter((text) => text !== '')) {
    for (const name of ['all of it', callerOf(stack)]) times.set(name, (times.get(name) ?? 0) + each);
  }
  return times;
}

/** `stack`: a line for each frame, its address and its name, the innermost first. */
function callerOf(stack: string): string {
  const frames = stack.split('\n').map((line) => line.trim().replace(/^[0-9a-f]+ /, ''));
  const entry = frames.findIndex((frame) => ENTRY.test(frame));
  // The frames outside of JavaScript name the callers of everything, so only the frames inside say what the time is spent on.
  const inner = frames.slice(0, entry === -1 ? frames.length : entry).join('\n');
  const [named] = CALLERS.find(([, names]) => names.test(inner)) ?? [];
  if (named && (entry !== -1 || named === COLLECTION)) return named;
  return entry !== -1 && JAVASCRIPT.test(frames[0] ?? '') ? 'JavaScript itself' : 'sockets, HTTP, the event loop';
}
