// What many sites cost: `node bench/sites.ts`, two minutes on loopback. Fresh isolates with 1 to 500 sites, each with five rules: the first
// request, a repeated one, the memory once each site was visited; and hosts of a wildcard that nobody has seen before.

import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { askOnce } from './load.ts';
import { measure, median } from './rounds.ts';
import { BROWSER_HEADERS, createStage, type Stage } from './stage.ts';

const { values: options } = parseArgs({
  options: { script: { type: 'string', default: 'dist/index.js' }, quick: { type: 'boolean', default: false } },
});
const COUNTS = options.quick ? [1, 100] : [1, 10, 100, 500];
const FRESH = options.quick ? 3 : 7;
const ROUNDS = options.quick ? 4 : 20;
const HOSTS = 2_000;
const PATH = '/public/page?q=1';

/** By row. */
const costs = new Map<string, number>();

const hostOf = (index: number): string => `site-${index}.localhost`;

/** The first is that of the variables; the last of the others is a wildcard. */
const sitesOf = (count: number): object[] =>
  Array.from({ length: count - 1 }, (_, index) => ({
    host: index === count - 2 ? '*.apps.localhost' : hostOf(index),
    upstream: `http://127.0.0.1:${stage.upstream.port}`,
    brand_name: `Site ${index}`,
    routes: RULES,
  }));

const RULES = [
  { path: '/public/*', access: 'public' },
  { path: '/admin/*', roles: ['admin'] },
  { path: '/reports/*', roles: ['staff', 'admin'], methods: ['GET', 'HEAD'] },
  { path: '/users/*/billing', roles: ['billing'], max_age: 900 },
  { path: '/api/*', credentials: ['bearer'] },
];

const stage: Stage = await createStage(options.script);
try {
  console.log(
    '| sites | JSON, gzip | first request, CPU ms | of them the site’s own | memory MB | after each site’s first |',
  );
  console.log('|---:|---:|---:|---:|---:|---:|');
  for (const count of COUNTS) console.log(`| ${(await visitFresh(count)).join(' | ')} |`);
  await printSteady();
  await printChurn();
} finally {
  await stage.close();
}

function start(count: number) {
  return stage.startPostern({ ROUTES: RULES, ...(count > 1 && { SITES: sitesOf(count) }) });
}

async function visitFresh(count: number): Promise<readonly string[]> {
  const firsts: number[] = [];
  const seconds: number[] = [];
  const memories: number[] = [];
  const fulls: number[] = [];
  for (let time = 0; time < FRESH; time++) {
    const worker = await start(count);
    const visit = async (host: string) => {
      const before = worker.cpu();
      await askOnce({ port: worker.port, path: PATH, headers: { ...BROWSER_HEADERS, Host: host } });
      return (worker.cpu() - before) * 1000;
    };
    firsts.push(await visit(`localhost:${worker.port}`));
    memories.push(worker.memory() / 1e6);
    const others: number[] = [];
    for (let index = 0; index < count - 2; index++) others.push(await visit(hostOf(index)));
    if (others.length > 0) seconds.push(median(others));
    fulls.push(worker.memory() / 1e6);
    await worker.stop();
  }
  const json = JSON.stringify(sitesOf(count));
  const own = seconds.length > 0 ? median(seconds).toFixed(1) : '';
  const sizes = `${(json.length / 1000).toFixed(1)} KB, ${(gzipSync(json).length / 1000).toFixed(1)} KB`;
  return [String(count), sizes, median(firsts).toFixed(1), own, median(memories).toFixed(0), median(fulls).toFixed(0)];
}

/** Somebody who is signed in, at the first site, and a public page of the last. */
async function printSteady(): Promise<void> {
  const rows = [];
  for (const count of COUNTS) {
    const worker = await start(count);
    const Cookie = await stage.signIn(worker, 'staff');
    const row = { worker, path: '/last/page?q=1', headers: { ...BROWSER_HEADERS, Cookie } };
    rows.push({ ...row, name: `${count} sites, signed in` });
    const headers = { ...BROWSER_HEADERS, Host: count > 2 ? hostOf(count - 3) : `localhost:${worker.port}` };
    rows.push({ ...row, path: PATH, headers, name: `${count} sites, public page` });
  }
  const yardstick = rows[0]?.name ?? '';
  console.log('\n| | CPU µs/request | CPU to one site |\n|---|---:|---:|');
  for (const { name, cpu } of await measure(rows, { rounds: ROUNDS, turn: 150, connections: 8, yardstick })) {
    costs.set(name, cpu);
    const own = costs.get(name.replace(/^\d+ sites/, '1 sites')) ?? cpu;
    console.log(`| ${name} | ${Math.round(cpu)} | ${(cpu / own).toFixed(2)} |`);
  }
}

/** Each request to a host of the wildcard that is new; to one that is known; to hosts that nobody serves; and what memory each time adds. */
async function printChurn(): Promise<void> {
  const worker = await start(10);
  const row = async (name: string, hostAt: (index: number) => string) => {
    const [cpu, memory] = [worker.cpu(), worker.memory()];
    for (let index = 0; index < HOSTS; index++)
      // It throws where the answer is not 200: 421 is what the last of them get.
      await askOnce({ port: worker.port, path: PATH, headers: { ...BROWSER_HEADERS, Host: hostAt(index) } }).catch(
        () => 0,
      );
    const each = Math.round(((worker.cpu() - cpu) * 1e6) / HOSTS);
    return `| ${name} | ${each} | ${((worker.memory() - memory) / 1e6).toFixed(0)} |`;
  };
  const known = () => 'pr.apps.localhost';
  const unknown = (index: number) => `evil-${index}.example`;
  for (let time = 0; time < 3; time++) await row('warm-up', known);
  console.log(`\n| ${HOSTS} requests, each on a connection of its own | CPU µs/request | MB more |\n|---|---:|---:|`);
  for (let time = 1; time <= 3; time++) {
    console.log(await row('a known host of a wildcard', known));
    console.log(await row('a new host of it with each request', (index) => `pr-${time}-${index}.apps.localhost`));
    console.log(await row('a host that nobody serves', unknown));
  }
}
