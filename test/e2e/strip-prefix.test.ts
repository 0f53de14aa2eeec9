// The built worker before Python's own file server: what a guarded folder holds is not to be had by way of a public prefix.
// ARCHITECTURE §1 `strip_prefix`, §7 Paths.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProcess, startProcess } from '../support/processes.ts';
import { freePort, type RunningWorker, startWorker } from '../support/worker.ts';

const PYTHON = 'python3';
const isThere = spawnSync(PYTHON, ['-c', 'import http.server']).status === 0;

/** As no URL parser has touched it. */
function get(origin: string, target: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(origin);
    const asked = request({ hostname, port, path: target, headers: { host } }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const CLIMBING = [
  '..%2f',
  '..%2F..%2F',
  'x/..%2f..%2f',
  '%252e%252e%252f',
  '..;/',
  '..%5c',
  '..%20/',
  '..%3f/',
  '..%23/',
  './/..%2f',
  // as sent, for the runtime to tidy up
  '../',
  'x/../../',
  '%2e%2e/',
  '..\\',
  'x\\..\\..\\',
];

describe.skipIf(!isThere)('strip_prefix before Python’s http.server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-files-'));
  let server: RunningProcess;
  let worker: RunningWorker;
  let upstream: string;

  beforeAll(async () => {
    for (const path of ['admin', 'site/admin']) {
      mkdirSync(join(folder, path), { recursive: true });
      writeFileSync(join(folder, path, 'payroll.txt'), 'PAYROLL');
    }
    writeFileSync(join(folder, 'hello.txt'), 'hello');
    writeFileSync(join(folder, 'site', 'a b.txt'), 'hello, too');
    const port = await freePort();
    const args = ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', folder];
    server = await startProcess({ command: PYTHON, args, port });
    upstream = `http://127.0.0.1:${port}`;
    const rulesFor = (base: string, target: string) => [
      { path: `${base}/admin/*`, roles: ['admin'], strip_prefix: base, upstream: target },
      { path: `${base}/*`, access: 'public', strip_prefix: base, upstream: target },
    ];
    const ROUTES = [...rulesFor('/files', upstream), ...rulesFor('/site', `${upstream}/site`)];
    worker = await startWorker({ upstream, env: { ROUTES } });
  });
  afterAll(async () => {
    await worker?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the server itself gives what climbs, and the gateway what is public', async () => {
    expect(await get(upstream, '/..%2fadmin/payroll.txt')).toEqual({ status: 200, body: 'PAYROLL' });
    expect(await get(worker.origin, '/files/hello.txt')).toEqual({ status: 200, body: 'hello' });
    expect(await get(worker.origin, '/site/a%20b.txt')).toEqual({ status: 200, body: 'hello, too' });
  });

  it.each(CLIMBING)('%s never reaches the guarded folder', async (climb) => {
    for (const base of ['/files/', '/site/', '/site/x/']) {
      for (const rest of ['admin/payroll.txt', '%61dmin/payroll.txt', 'admin%2fpayroll.txt', 'hello.txt']) {
        const { status, body } = await get(worker.origin, base + climb + rest);
        expect(body).not.toContain('PAYROLL');
        // From below `/site` the server's other files must not be had either.
        expect(body).not.toBe('hello');
        expect([400, 401, 302, 404]).toContain(status);
      }
    }
  });
});
