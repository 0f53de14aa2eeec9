// Where the time of a signed-in request goes: `node bench/profile.ts`. A CPU profile by workerd's own inspector, function by function.
// Chrome DevTools Protocol, Profiler. Names are those of the sources: the bundle is not minified.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { freePort } from '../test/support/worker.ts';
import { inspect } from './inspector.ts';
import { putLoad } from './load.ts';
import { BROWSER_HEADERS, createStage } from './stage.ts';

/** Milliseconds. */
const WARM_UP = 8_000;
const DURATION = 8_000;
const SHOWN = 45;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
}

const folder = await mkdtemp(join(tmpdir(), 'bench-'));
const script = join(folder, 'worker.js');
await build({
  entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
  outfile: script,
  bundle: true,
  format: 'esm',
  target: 'es2024',
  conditions: ['workerd'],
  external: ['cloudflare:workers'],
});
const stage = await createStage(script);
try {
  const inspectorPort = await freePort();
  const worker = await stage.startPostern({}, script, inspectorPort);
  const Cookie = `theme=dark; ${await stage.signIn(worker, 'staff')}`;
  const headers = { ...BROWSER_HEADERS, Cookie };
  const load = { port: worker.port, path: '/last/page?q=1', headers, connections: 8 };
  await putLoad({ ...load, duration: WARM_UP });
  const { call, close } = await inspect(inspectorPort);
  await call('Profiler.enable');
  await call('Profiler.setSamplingInterval', { interval: 100 });
  await call('Profiler.start');
  const { requests } = await putLoad({ ...load, duration: DURATION });
  const { profile } = await call<{ profile: Profile }>('Profiler.stop');
  close();
  console.log(`${requests} requests, ${profile.samples.length} samples`);
  print(profile);
} finally {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
}

/** Shares of the samples outside of `(idle)` and `(program)`: in the function itself, and in it or in what it calls. */
function print({ nodes, samples }: Profile): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const nameOf = (id: number) => {
    const { functionName, lineNumber } = byId.get(id)?.callFrame ?? { functionName: '?', lineNumber: 0 };
    return `${functionName || '(anonymous)'}:${lineNumber + 1}`;
  };
  const own = new Map<string, number>();
  const whole = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let total = 0;
  for (const sample of samples) {
    const name = nameOf(sample);
    count(own, name);
    if (/^\((idle|program|root)\)/.test(name)) continue;
    total++;
    const stack = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) stack.add(nameOf(id));
    for (const each of stack) count(whole, each);
  }
  const share = (counts: Map<string, number>, name: string) => (((counts.get(name) ?? 0) * 100) / total).toFixed(1);
  const shown = [...whole.keys()].sort((a, b) => (whole.get(b) ?? 0) - (whole.get(a) ?? 0)).slice(0, SHOWN);
  console.log(`idle ${own.get('(idle):0')}, program ${own.get('(program):0')}, JavaScript ${total}`);
  for (const name of shown) console.log(`${share(own, name).padStart(6)} ${share(whole, name).padStart(6)}  ${name}`);
  console.log('by themselves');
  const heavy = [...own.keys()].sort((a, b) => (own.get(b) ?? 0) - (own.get(a) ?? 0)).slice(0, SHOWN);
  for (const name of heavy) console.log(`${share(own, name).padStart(6)}  ${name}`);
}
