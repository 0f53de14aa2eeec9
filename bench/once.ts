// What is not a matter of requests per second: size, start, first request, sign-in, and how often stores and cryptography are asked.

import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { askOnce, putLoad } from './load.ts';
import { median } from './rounds.ts';
import { BROWSER_HEADERS, type Stage } from './stage.ts';

/** What was measured, its value, and what is wanted. */
export type Figure = readonly [name: string, value: string, wanted?: string];

const PATH = '/last/page?q=1';

export async function measureBundle(script: string): Promise<Figure[]> {
  const bytes = await readFile(script);
  const kibibytes = (size: number) => `${(size / 1024).toFixed(1)} KiB`;
  return [
    [
      'bundle, gzip',
      `${kibibytes(gzipSync(bytes, { level: 9 }).length)} (${kibibytes(bytes.length)} as it is)`,
      '80 KiB',
    ],
  ];
}

/** A fresh process each time, beside one whose worker is empty. */
export async function measureStart(stage: Stage, times: number): Promise<Figure[]> {
  const empty = await stage.bundle('upstream-worker');
  const starts: number[] = [];
  const emptyStarts: number[] = [];
  const firsts: number[] = [];
  const emptyFirsts: number[] = [];
  for (let time = 0; time < times; time++) {
    const other = await stage.start(empty);
    emptyStarts.push(other.startedIn);
    emptyFirsts.push(await askOnce({ port: other.port, path: '/', headers: BROWSER_HEADERS }));
    await other.stop();
    const worker = await stage.startPostern({ ROUTES: [{ path: '/last/*', access: 'public' }] });
    starts.push(worker.startedIn);
    firsts.push(await askOnce({ port: worker.port, path: PATH, headers: BROWSER_HEADERS }));
    await worker.stop();
  }
  const milliseconds = (values: readonly number[]) => `${median(values).toFixed(1)} ms`;
  return [
    [
      'start-up beyond an empty worker’s',
      milliseconds(starts.map((start, time) => start - (emptyStarts[time] ?? 0))),
      '20 ms',
    ],
    ['first request of a fresh isolate', `${milliseconds(firsts)} (an empty worker’s: ${milliseconds(emptyFirsts)})`],
  ];
}

export async function measureSignIn(stage: Stage, times: number): Promise<Figure[]> {
  const worker = await stage.startPostern();
  for (let time = 0; time < 5; time++) await stage.signIn(worker, 'staff');
  const cpu = worker.cpu();
  const operations = stage.keyValues.operations;
  for (let time = 0; time < times; time++) await stage.signIn(worker, 'staff');
  const cookie = await stage.signIn(worker, 'staff');
  const each = ((worker.cpu() - cpu) * 1000) / (times + 1);
  return [
    ['a whole sign-in (three requests and the Durable Object), CPU', `${each.toFixed(1)} ms`],
    ['a whole sign-in, KV operations', ((stage.keyValues.operations - operations) / (times + 1)).toFixed(1)],
    ['the session’s cookie, name and value', `${cookie.length} bytes`],
  ];
}

/** Counts, not times: one session, with the default REVOCATION_MAX_AGE. */
export async function countStorage(stage: Stage): Promise<Figure[]> {
  const worker = await stage.startPostern({}, await stage.bundle('counting-worker'));
  const Cookie = await stage.signIn(worker, 'staff');
  const counts = async () => (await (await fetch(`${worker.origin}/bench/counts`)).json()) as Record<string, number>;
  await counts();
  const operations = stage.keyValues.operations;
  const load = {
    port: worker.port,
    path: PATH,
    headers: { ...BROWSER_HEADERS, Cookie },
    connections: 8,
    duration: 1000,
  };
  const { requests } = await putLoad(load);
  const { objectCalls = 0, cryptography = 0 } = await counts();
  const each = (count: number) => `${((count * 1000) / requests).toFixed(1)} (${count} in ${requests})`;
  return [
    ['KV operations per 1,000 requests of a session', each(stage.keyValues.operations - operations), '0'],
    ['Durable Object calls per 1,000 requests of a session', each(objectCalls), 'one per REVOCATION_MAX_AGE'],
    ['calls of Web Crypto per 1,000 requests of a session', each(cryptography), '0'],
  ];
}
