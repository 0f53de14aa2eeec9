// `npx postern doctor` as a process: a good installation on loopback, its pace, wrong arguments, no network, no terminal.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../cli/support/run-program.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { listen } from '../../../stand-in/server.ts';
import { createHarness, SECRET } from '../../support/harness.ts';
import { freePort } from '../../support/worker.ts';

let folder = '';
const closing: (() => Promise<void> | void)[] = [];

async function writeInstallation(name: string, variables: Readonly<Record<string, string>>, secrets: string) {
  const lines = Object.entries(variables).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const place = join(folder, name);
  await writeFile(
    `${place}.toml`,
    `name = "postern"
main = "index.js"
compatibility_date = "2026-07-30"
workers_dev = false
preview_urls = false
[observability]
enabled = true
[[kv_namespaces]]
binding = "SESSIONS"
[[durable_objects.bindings]]
name = "USER_SESSIONS"
class_name = "UserSessions"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["UserSessions"]
[vars]
${lines.join('\n')}
`,
  );
  await writeFile(join(folder, '.dev.vars'), secrets);
  return `${place}.toml`;
}

const run = (...args: string[]) => runProgram(process.execPath, ['bin/postern.js', 'doctor', ...args]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-doctor-'));
});

afterAll(async () => {
  for (const close of closing) await close();
  await rm(folder, { recursive: true });
});

describe('npx postern doctor', () => {
  it('a good installation on loopback is called one, in under ten seconds and without colours', {
    timeout: 30_000,
  }, async () => {
    const [providerPort, gatewayPort, upstreamPort] = [await freePort(), await freePort(), await freePort()];
    const issuer = `http://127.0.0.1:${providerPort}`;
    const origin = `http://localhost:${gatewayPort}`;
    const variables = {
      UPSTREAM_URL: `http://127.0.0.1:${upstreamPort}`,
      ZITADEL_DOMAIN: issuer,
      ZITADEL_CLIENT_ID: SEED.webClientId,
      ZITADEL_CALLBACK_URL: `${origin}/auth/callback`,
    };
    const harness = createHarness({ env: variables, zitadel: { issuer } });
    const { zitadel, app } = harness;
    zitadel.webApplication.redirectUris = [`${origin}/auth/callback`];
    zitadel.webApplication.postLogoutRedirectUris = [`${origin}/auth/logout/callback`];
    const servers = [
      await zitadel.listen(providerPort),
      await listen(async (request) => app.fetch(request as never), gatewayPort, '127.0.0.1'),
      await listen(async () => new Response('an old application'), upstreamPort, '127.0.0.1'),
    ];
    closing.push(() => zitadel.close(), ...servers.map((server) => () => server.close()));
    const file = await writeInstallation('good', variables, `SESSION_SECRET=${SECRET}\n`);
    const started = performance.now();
    const { code, stdout } = await run('--config', file);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(stdout).toMatch(/^ok {7}redirect URI +http:\/\/localhost:\d+\/auth\/callback is registered$/m);
    // On loopback, two things can't be as they are in earnest.
    expect(stdout.match(/^warning {2}.*$/gm)).toHaveLength(2);
    expect(stdout).toContain('Nothing is broken; 2 to think about');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain(SECRET);
    expect(code).toBe(0);
  });

  it('no network: each thing that did not answer, what to do, exit 1, no stack trace', {
    timeout: 30_000,
  }, async () => {
    const port = await freePort();
    const nowhere = `http://127.0.0.1:${port}`;
    const file = await writeInstallation(
      'away',
      {
        UPSTREAM_URL: nowhere,
        ZITADEL_DOMAIN: nowhere,
        ZITADEL_CLIENT_ID: '1',
        ZITADEL_CALLBACK_URL: `http://localhost:${await freePort()}/auth/callback`,
      },
      `SESSION_SECRET=${SECRET}\n`,
    );
    const { code, stdout, stderr } = await run('--config', file);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed {3}discovery .*nothing listens there\n +→ .+/m);
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    [['--nonsense'], /Unknown option '--nonsense'/],
    [['--config', 'there-is-no-such.toml'], /can’t be read/],
    [['--upstream-public', 'old-server'], /--upstream-public wants a URL/],
  ])('%j: exit 2 and what is wrong', { timeout: 20_000 }, async (args, error) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(error);
    expect(stdout).toBe('');
  });

  it('--help says how it is called', { timeout: 20_000 }, async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--upstream-public');
  });
});
