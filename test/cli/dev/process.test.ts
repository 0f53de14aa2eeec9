// `postern dev` as a process: whatever ends it, nothing of it is left. In Wrangler's place stands a program that only answers.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFree } from '../../../cli/dev/ports.ts';
import { OWN_ROOT } from '../../../cli/support/own-package.ts';
import { isAlive } from '../../support/processes.ts';
import { freePort } from '../../support/worker.ts';

const PATIENCE = { timeout: 50_000, interval: 100 };

/** Answers, says something all the time, and like Wrangler does not mind if nobody reads it. */
const PROGRAM = `#!/usr/bin/env node
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
writeFileSync('wrangler.pid', String(process.pid));
createServer((_, response) => response.end('there')).listen(process.argv[process.argv.indexOf('--port') + 1], '127.0.0.1');
process.stdout.on('error', () => undefined);
setInterval(() => console.log('GET / 200'), 50);
`;

const WRANGLER_TOML = `name = "gateway"
main = "index.js"
compatibility_date = "2026-07-30"
[vars]
ZITADEL_CALLBACK_URL = "https://portal.acme.net/auth/callback"
`;

describe('postern dev', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-dev-process-'));
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
    await writeFile(join(folder, 'node_modules/.bin/wrangler'), PROGRAM);
    await chmod(join(folder, 'node_modules/.bin/wrangler'), 0o755);
    await writeFile(join(folder, 'wrangler.toml'), WRANGLER_TOML);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function start(env: Readonly<Record<string, string>> = {}) {
    const ports = [await freePort(), await freePort(), await freePort()];
    const [gateway, standIn, page] = ports;
    const words = `"$NODE" "$POSTERN" dev --stand-in --port ${gateway} --stand-in-port ${standIn} --page-port ${page}; exit $?`;
    const shell = spawn('sh', ['-c', words], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], NODE: process.execPath, POSTERN: join(OWN_ROOT, 'bin/postern.js'), ...env },
    });
    await once(shell.stdout, 'data');
    const wrangler = Number(await readFile(join(folder, 'wrangler.pid'), 'utf8'));
    const left = async () => [
      isAlive(wrangler),
      ...(await Promise.all(ports.map(async (port) => !(await isFree(port))))),
    ];
    expect(await left()).toEqual([true, true, true, true]);
    return { shell, left };
  }

  it('ends with the shell of npm, which ends that and nothing below it', async () => {
    const { shell, left } = await start({ npm_execpath: 'npm' });
    shell.kill('SIGTERM');
    await expect.poll(left, PATIENCE).toEqual([false, false, false, false]);
  });

  it('outlives another shell: whoever has put it into the background may have gone', async () => {
    const { shell, left } = await start();
    const closed = once(shell, 'exit');
    shell.kill('SIGTERM');
    await closed;
    expect(await left()).toEqual([true, true, true, true]);
    // The end of its output, on the other hand, is its end.
    shell.stdout.destroy();
    shell.stderr.destroy();
    await expect.poll(left, PATIENCE).toEqual([false, false, false, false]);
  });
});
