// Starts the Django project with Debian's Python; where that has no Django, the tests are skipped with a line.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/worker.ts';

const PYTHON = '/usr/bin/python3';

export const hasDjango = spawnSync(PYTHON, ['-c', 'import django']).status === 0;
if (!hasDjango) console.info(`skipped: ${PYTHON} has no Django (python3-django)`);

export interface Django {
  readonly origin: string;
  stop(): Promise<void>;
}

/** `plain`: as it is made, with no setting for a proxy. */
export async function startDjango(kind?: 'plain'): Promise<Django> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-django-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const script = new URL('admin_project.py', import.meta.url).pathname;
  const child = spawn(PYTHON, [script, folder, String(port), ...(kind ? [kind] : [])], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000);
  });
  await isAnswering(origin, child, () => words);
  return {
    origin,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isAnswering(origin: string, child: ChildProcess, words: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`Django has ended:\n${words()}`);
    const answer = await fetch(`${origin}/admin/login/`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill('SIGKILL');
  throw new Error(`Django does not answer:\n${words()}`);
}
