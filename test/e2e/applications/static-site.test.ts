// A static site served by sirv behind the built gateway: ranges for video, conditional requests, what was compressed beforehand.
// RFC 9110 §13, §14.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../../support/browser.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';

const VIDEO = randomBytes(1_600_000);
const PAGE = '<!doctype html><title>site</title><video src="/film.mp4"></video>';

describe('a static site with a film', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-site-'));
  let server: Server;
  let worker: RunningWorker;
  let browser: TestBrowser;

  beforeAll(async () => {
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'film.mp4'), VIDEO);
    writeFileSync(join(folder, 'app.js'), 'let a = 1;'.repeat(1000));
    writeFileSync(join(folder, 'app.js.gz'), gzipSync('let a = 1;'.repeat(1000)));
    server = createServer(sirv(folder, { etag: true, gzip: true, maxAge: 600 }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    worker = await startWorker({ upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate('/'));
    await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user: 'user' }));
  });
  afterAll(async () => {
    await worker?.stop();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await browser.fetch(path, { headers });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it('the page, and the whole film', async () => {
    expect((await get('/')).bytes.toString()).toBe(PAGE);
    const { response, bytes } = await get('/film.mp4');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(response.headers.get('content-length')).toBe(String(VIDEO.length));
    expect(bytes.equals(VIDEO)).toBe(true);
  });

  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=1000000-1000999', 1_000_000, 1_000_999],
    ['bytes=1599999-', 1_599_999, 1_599_999],
    ['bytes=0-', 0, VIDEO.length - 1],
  ])('the part %s', async (range, from, to) => {
    const { response, bytes } = await get('/film.mp4', { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to}/${VIDEO.length}`);
    expect(response.headers.get('content-length')).toBe(String(to - from + 1));
    expect(bytes.equals(VIDEO.subarray(from, to + 1))).toBe(true);
  });

  it('416 for what lies beyond the end', async () => {
    const { response } = await get('/film.mp4', { range: `bytes=${VIDEO.length + 1}-` });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${VIDEO.length}`);
  });

  it('304 for what the browser has', async () => {
    const { response } = await get('/film.mp4', { range: 'bytes=0-0' });
    const etag = response.headers.get('etag') as string;
    const again = await get('/film.mp4', { 'if-none-match': etag });
    expect([again.response.status, again.bytes.length]).toEqual([304, 0]);
  });

  it('HEAD tells the length without the film', async () => {
    const response = await browser.fetch('/film.mp4', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(VIDEO.length)]);
  });

  it('what was compressed beforehand arrives as it was, and in no shared cache', async () => {
    const { response, bytes } = await get('/app.js', { 'accept-encoding': 'gzip' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(bytes.subarray(0, 2).toString('hex')).toBe('1f8b');
    expect(response.headers.get('cache-control')).toContain('private');
    expect(response.headers.get('cache-control')).not.toContain('public');
  });

  it('nothing of it without a session', async () => {
    const response = await worker.browser().fetch('/film.mp4', { headers: { range: 'bytes=0-99' } });
    expect(response.status).toBe(401);
  });
});
