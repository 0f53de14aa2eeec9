// `postern dev --stand-in` as an operator starts it: in a folder with the configuration of a deployment, to a sign-in and the set-up,
// and nothing of it is left when it is ended.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Overview } from '../../cli/dev/overview.ts';
import { isFree } from '../../cli/dev/ports.ts';
import { OWN_ROOT } from '../../cli/support/own-package.ts';
import { runProgram } from '../../cli/support/run-program.ts';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf, TestBrowser } from '../support/browser.ts';
import { sendHttp } from '../support/http.ts';
import { isAlive } from '../support/processes.ts';
import { freePort } from '../support/worker.ts';
import { POSTERN, postern, WRANGLER_TOML } from './support/dev-folder.ts';

const PATIENCE = { timeout: 60_000, interval: 250 };

describe('postern dev --stand-in', () => {
  let folder: string;
  let ports: readonly [gateway: number, standIn: number, page: number];
  let child: ChildProcess;
  let overview: Overview;
  let said = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-dev-e2e-'));
    ports = [await freePort(), await freePort(), await freePort()];
    await mkdir(join(folder, 'src'));
    const worker = `export { default, UserSessions } from ${JSON.stringify(join(OWN_ROOT, 'src/index.ts'))};\n`;
    await writeFile(join(folder, 'src/index.js'), worker);
    await writeFile(join(folder, 'wrangler.toml'), WRANGLER_TOML);
    await writeFile(join(folder, 'postern.toml'), postern('/'));
    await writeFile(join(folder, '.dev.vars'), 'ZITADEL_CLIENT_SECRET=of-another-instance\n');
    child = spawn(process.execPath, [POSTERN, ...argumentsFor(ports), '--json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk));
    overview = await readJson(child);
  });
  afterAll(async () => {
    if (child?.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** All of one browser's hops, the stand-in's form included. */
  async function signIn(user: string, path: string) {
    const browser = new TestBrowser(sendHttp, overview.gateway.origin);
    let url = locationOf(await browser.navigate(path));
    // The form is posted to where it is.
    while (!url.startsWith(overview.gateway.origin)) {
      const response = await browser.navigate(url);
      const form = response.status === 200 ? await response.text() : undefined;
      const fields = { authRequest: /name="authRequest" value="([^"]+)"/.exec(form ?? '')?.[1] ?? '', user };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const init = { method: 'POST', body: String(new URLSearchParams(fields)), headers };
      const next = form === undefined ? response : await browser.navigate(url, init);
      url = new URL(locationOf(next), url).href;
    }
    const back = await browser.navigate(url);
    return { browser, page: await browser.navigate(locationOf(back)) };
  }

  async function run(command: string): Promise<string> {
    const env = { ...process.env, NODE: process.execPath, POSTERN };
    const words = command.replace(/^npx postern/, '"$NODE" "$POSTERN"');
    const { code, stdout, stderr } = await runProgram('sh', ['-c', words], { cwd: folder, env });
    expect(code, stderr).toBe(0);
    return stdout;
  }

  it('says what differs from the files, and nothing secret', () => {
    expect(Object.fromEntries(overview.overrides)).toMatchObject({
      ZITADEL_CALLBACK_URL: expect.stringContaining(`http://localhost:${ports[0]}/auth/callback`),
      UPSTREAM_URL: expect.stringContaining('guest book'),
      ZITADEL_DOMAIN: expect.stringContaining(`http://localhost:${ports[1]}`),
      ZITADEL_ORG_ID: expect.stringMatching(/^unset/),
      ZITADEL_CLIENT_SECRET: expect.stringMatching(/^unset/),
      SESSION_SECRET: expect.stringContaining('until Ctrl-C'),
    });
    expect(JSON.stringify(overview) + said).not.toMatch(/of-another-instance|PRIVATE KEY/);
    expect([overview.issues, overview.notes]).toEqual([[], [expect.stringContaining('guest book is the application')]]);
  });

  it('signs in at the stand-in, by the files’ own rules, and shows it on its page', async () => {
    const { browser, page } = await signIn(SEED.users.admin, '/profile');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Ada Moreau');
    const identity = await (await browser.fetch('/auth/userinfo')).json();
    expect(identity).toMatchObject({ roles: ['accountant', 'admin', 'user'] });
    expect((await signIn(SEED.users.user, '/profile')).page.status).toBe(403);
    const listed = await (await fetch(overview.page)).text();
    for (const part of [overview.gateway.origin, overview.zitadel.issuer, 'Uma Lind', '/profile', '/auth/ready'])
      expect(listed).toContain(part);
  });

  it('notices a change of postern.toml', async () => {
    const status = async () => (await new TestBrowser(sendHttp, overview.gateway.origin).navigate('/guestbook')).status;
    expect(await status()).toBe(302);
    await writeFile(join(folder, 'postern.toml'), postern('/guestbook'));
    await expect.poll(status, PATIENCE).toBe(200);
  });

  it('users and setup run with its key; what they write is what the gateway then runs with', async () => {
    const [list, setup] = overview.commands;
    expect(await run(list?.command ?? '')).toMatch(/ada +Ada Moreau +admin, user, accountant/);
    expect(await run(setup?.command ?? '')).toContain('made       web application Postern');
    const written = await readFile(join(folder, 'wrangler.toml'), 'utf8');
    const clientId = /^ZITADEL_CLIENT_ID = "(\d+)"$/m.exec(written)?.[1];
    const asked = async () => {
      const answer = await new TestBrowser(sendHttp, overview.gateway.origin)
        .navigate('/profile')
        .catch(() => undefined);
      return new URL(answer?.headers.get('location') ?? 'none:').searchParams.get('client_id');
    };
    await expect.poll(() => said, PATIENCE).toMatch(/ changed: [\s\S]*The gateway runs again/);
    await expect.poll(asked, PATIENCE).toBe(clientId);
    const { page } = await signIn(SEED.users.admin, '/profile');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Ada Moreau')]);
    const projectId = /^ZITADEL_PROJECT_ID = "(\d+)"$/m.exec(written)?.[1];
    expect(await (await fetch(overview.page)).text()).toContain(`--project ${projectId}`);
  });

  it('ends on SIGTERM with all that it has started, its key too', async () => {
    const family = descendants(child.pid ?? 0);
    // Wrangler, what it is made of, and the runtime
    expect(family.length).toBeGreaterThan(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(family.filter(isAlive)).toEqual([]);
    expect(await Promise.all(ports.map(isFree))).toEqual([true, true, true]);
    expect(overview.keyFile).toBeDefined();
    expect(existsSync(join(folder, overview.keyFile ?? ''))).toBe(false);
  });
});

const argumentsFor = ([gateway, standIn, page]: readonly number[]): readonly string[] => [
  ...['dev', '--stand-in', '--port', `${gateway}`, '--stand-in-port', `${standIn}`, '--page-port', `${page}`],
];

async function readJson(child: ChildProcess): Promise<Overview> {
  let text = '';
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`ended with ${code}: ${text}`);
  });
  const whole = new Promise<Overview>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk;
      if (text.endsWith('\n}\n')) resolve(JSON.parse(text) as Overview);
    });
  });
  return await Promise.race([whole, ended]);
}

function descendants(parent: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (pid: number): readonly number[] =>
    pairs.filter(([, of]) => of === pid).flatMap(([each]) => [each, ...below(each)]);
  return below(parent);
}
