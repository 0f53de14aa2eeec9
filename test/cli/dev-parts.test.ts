// `postern dev`: the parts that it starts in its own process, each on loopback, and what they ask of ZITADEL.

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runDev } from '../../cli/dev/command.ts';
import type { Overview } from '../../cli/dev/overview.ts';
import { startPage } from '../../cli/dev/page.ts';
import { isFree } from '../../cli/dev/ports.ts';
import { askAboutRegistration } from '../../cli/dev/registration.ts';
import { startStandIn } from '../../cli/dev/stand-in.ts';
import { openInstallation, planState } from '../../cli/dev/state.ts';
import { printWelcome } from '../../cli/dev/welcome.ts';
import { runPostern } from '../../cli/postern.ts';
import { createLook } from '../../cli/support/look.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createZitadel } from '../../stand-in/zitadel.ts';
import { freePort } from '../support/worker.ts';
import { createTestSystem } from './setup-bed.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-dev-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the stand-in', () => {
  const adopted = {
    clientId: '33',
    projectId: '44',
    callback: 'http://localhost:1/sso/callback',
    postLogout: 'http://localhost:1/sso/bye',
    backChannel: 'http://localhost:1/sso/backchannel-logout',
    roles: ['staff', 'chief'],
  };

  it('has a key for its owner alone, knows the ids of the files, and takes the key with it', async () => {
    const standIn = await startStandIn(await freePort(), at('own/key.json'));
    try {
      expect((await stat(at('own/key.json'))).mode & 0o777).toBe(0o600);
      standIn.adopt(adopted);
      // What it knows already it does not give again.
      standIn.adopt(adopted);
      expect(standIn.personas('44').map(({ name, roles }) => [name, roles])).toEqual([
        ['Ada Moreau', ['admin', 'user', 'chief']],
        ['Zoë Kõiv-Straße 王', ['staff', 'user']],
        ['Uma Lind', ['user']],
        ['Noel Varga', []],
      ]);
      const query = new URLSearchParams({
        client_id: '33',
        redirect_uri: adopted.callback,
        response_type: 'code',
        scope: 'openid',
      });
      const asked = await fetch(`${standIn.issuer}/oauth/v2/authorize?${query}`, { redirect: 'manual' });
      expect(asked.status).toBe(302);
    } finally {
      await standIn.close();
    }
    await expect(stat(at('own/key.json'))).rejects.toThrow('ENOENT');
  });

  it('closes a key file that was open to others before it writes', async () => {
    await writeFile(at('open.json'), '', { mode: 0o644 });
    const standIn = await startStandIn(await freePort(), at('open.json'));
    expect((await stat(at('open.json'))).mode & 0o777).toBe(0o600);
    await standIn.close();
  });

  it('leaves nothing running where its key can’t be written, and no key where it can’t listen', async () => {
    const port = await freePort();
    await writeFile(at('file'), '');
    await expect(startStandIn(port, at('file/key.json'))).rejects.toThrow();
    expect(await isFree(port)).toBe(true);
    const other = await startStandIn(port, at('first/key.json'));
    await expect(startStandIn(port, at('second/key.json'))).rejects.toThrow('EADDRINUSE');
    await expect(stat(at('second/key.json'))).rejects.toThrow('ENOENT');
    await other.close();
  });
});

const OVERVIEW: Overview = {
  gateway: { origin: 'http://localhost:1', callback: 'http://localhost:1/auth/callback', postLogout: '' },
  application: { url: 'http://localhost:2', isGuestBook: true, isSilent: false },
  zitadel: { issuer: 'http://localhost:3', isStandIn: true },
  page: 'http://localhost:4',
  overrides: [['ZITADEL_DOMAIN', 'http://localhost:3: the stand-in']],
  issues: [{ variable: 'ROUTES', found: '<script>', wanted: 'a list', example: '' }],
  notes: ['a note <b>'],
  personas: [{ name: 'Ada <i>', email: 'a', loginName: 'a', roles: ['admin'], opens: ['/1', '/2', '/3', '/4', '/5'] }],
  keyFile: 'key.json',
  commands: [{ what: 'Try', command: "npx postern 'a&b'" }],
  rules: Array.from({ length: 300 }, (_, index) => ({ path: `/rule-${index}`, needs: 'everybody' })),
  endpoints: [{ url: 'http://localhost:1/auth/ready', what: 'ready' }],
};

describe('the page', () => {
  let page: Awaited<ReturnType<typeof startPage>>;
  let shown: Overview | undefined = OVERVIEW;
  beforeAll(async () => {
    page = await startPage(0, async () => shown);
  });
  afterAll(() => page.close());
  afterEach(() => {
    shown = OVERVIEW;
  });
  const get = async (path = '/', init: RequestInit = {}) =>
    await fetch(page.url.replace('localhost', '127.0.0.1') + path, init);

  it('lists what runs where, as text and without a script', async () => {
    const response = await get();
    const text = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    for (const part of ['http://localhost:1/auth/ready', 'http://localhost:2', 'http://localhost:3', 'key.json'])
      expect(text).toContain(part);
    expect(text).toContain('&lt;script&gt;');
    expect(text).toContain('npx postern &#39;a&amp;b&#39;');
    expect(text).not.toMatch(/<script|<i>|<b>/);
    expect(text).toContain('/rule-199');
    expect(text).not.toContain('/rule-200');
    expect(text).toContain('100 more are left out');
  });

  it('is nobody else’s: another host, another method, another path', async () => {
    const port = new URL(page.url).port;
    const rebound = await new Promise<string>((resolve) => {
      const socket = createConnection(Number(port), '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk));
      socket.on('close', () => resolve(answer));
      socket.end('GET / HTTP/1.1\r\nhost: attacker.example\r\nconnection: close\r\n\r\n');
    });
    expect(rebound).toMatch(/^HTTP\/1.1 421 /);
    expect(rebound).not.toContain('key.json');
    expect((await get('/', { method: 'POST' })).status).toBe(405);
    expect((await get('/key.json')).status).toBe(404);
  });

  it('says while all of it starts that it does', async () => {
    shown = undefined;
    expect((await get()).status).toBe(503);
  });
});

describe('the terminal', () => {
  const say = (overview: Overview) => printWelcome(overview, createLook(false));

  it('says where to go, who there is, what differs, what is wrong, and what to try', () => {
    const text = say(OVERVIEW);
    expect(text).toMatch(/Open {2}http:\/\/localhost:1\n/);
    expect(text).toMatch(/Ada <i> +admin +opens \/1, \/2, \/3, \/4 and 1 more/);
    expect(text).toContain('ZITADEL_DOMAIN  http://localhost:3: the stand-in');
    expect(text).toContain('wrong  ROUTES');
    expect(text).toContain("npx postern 'a&b'");
    expect(text).toContain('What is running where: http://localhost:4');
  });

  it('with one’s own ZITADEL it names that, and nobody', () => {
    const own = { ...OVERVIEW, zitadel: { issuer: 'https://acme.zitadel.cloud', isStandIn: false }, personas: [] };
    expect(say(own)).toContain('Sign-ins go to https://acme.zitadel.cloud');
  });
});

describe('one’s own ZITADEL', () => {
  it('is asked whether it knows this machine’s address; setup --also-url has it know', async () => {
    const zitadel = createZitadel();
    const { origin, close } = await zitadel.listen();
    try {
      await writeFile(at('wrangler.toml'), wranglerToml(origin));
      const place = { config: at('wrangler.toml') };
      const look = async () => {
        const wishes = { port: 9999, standIn: undefined, upstream: undefined };
        const state = planState(await openInstallation(place), wishes);
        return await askAboutRegistration(state, place, createTestSystem());
      };
      const { notes, commands } = await look();
      expect(notes.join('\n')).toContain('redirect URI http://localhost:9999/auth/callback');
      expect(notes.join('\n')).toContain('post-logout URI http://localhost:9999/auth/logout/callback');
      const standIn = await createKey(zitadel);
      const [first] = commands;
      expect(first?.command).toContain('--also-url http://localhost:9999');
      const words = (first?.command ?? '').replace('service-account.json', standIn).split(' ').slice(2);
      const errors: string[] = [];
      const code = await runPostern(words, { ...createTestSystem(), tell: (line) => void errors.push(line) });
      expect([code, errors]).toEqual([0, []]);
      expect(await look()).toEqual({ notes: [], commands: [] });
      expect(zitadel.webApplication.redirectUris).toEqual([
        SEED.redirectUri,
        'https://portal.acme.net/auth/callback',
        'http://localhost:9999/auth/callback',
      ]);
      expect(await readFile(at('wrangler.toml'), 'utf8')).toBe(wranglerToml(origin));
    } finally {
      zitadel.close();
      await close();
    }
  });

  it('that does not answer is said, and what it will have to know', async () => {
    const nobody = `http://localhost:${await freePort()}`;
    await writeFile(at('wrangler.toml'), wranglerToml(nobody));
    const place = { config: at('wrangler.toml') };
    const state = planState(await openInstallation(place), { port: 9999, standIn: undefined, upstream: undefined });
    const { notes } = await askAboutRegistration(state, place, createTestSystem());
    expect(notes.join('\n')).toMatch(/nothing listens there[\s\S]*redirect URI http:\/\/localhost:9999/);
  });
});

async function createKey(zitadel: ReturnType<typeof createZitadel>): Promise<string> {
  const { addManager, MANAGER_ID } = await import('../../stand-in/adopt.ts');
  addManager(zitadel);
  await writeFile(at('manager.json'), JSON.stringify(await zitadel.createServiceAccountKey(MANAGER_ID)));
  return at('manager.json');
}

const wranglerToml = (issuer: string) => `name = "gateway"
main = "index.js"
compatibility_date = "2026-07-30"
[[kv_namespaces]]
binding = "SESSIONS"
[[durable_objects.bindings]]
name = "USER_SESSIONS"
class_name = "UserSessions"
[vars]
UPSTREAM_URL = "https://app.acme.net"
ZITADEL_DOMAIN = "${issuer}"
ZITADEL_CLIENT_ID = "${SEED.webClientId}"
ZITADEL_PROJECT_ID = "${SEED.projectId}"
ZITADEL_CALLBACK_URL = "https://portal.acme.net/auth/callback"
`;

describe('ports', () => {
  it('those that are taken are named all at once, with what they are for and how to name another', async () => {
    const servers = await Promise.all(
      [0, 1].map(
        () =>
          new Promise<ReturnType<typeof createServer>>((resolve) => {
            const server = createServer();
            server.listen(0, '127.0.0.1', () => resolve(server));
          }),
      ),
    );
    const [gateway, standIn] = servers.map((server) => (server.address() as { port: number }).port);
    await writeFile(at('wrangler.toml'), wranglerToml('http://localhost:8080'));
    const errors: string[] = [];
    const system = { ...createTestSystem(), tell: (line: string) => void errors.push(line) };
    const args = [
      '--stand-in',
      '--port',
      `${gateway}`,
      '--stand-in-port',
      `${standIn}`,
      '--config',
      at('wrangler.toml'),
    ];
    expect(await runDev(args, system, new AbortController().signal)).toBe(1);
    expect(errors.join('\n')).toContain(
      `port ${gateway} (for the gateway), port ${standIn} (for the stand-in for ZITADEL)`,
    );
    expect(errors.join('\n')).toContain('--port PORT, --stand-in-port PORT');
    expect(await isFree(gateway ?? 0)).toBe(false);
    for (const server of servers) server.close();
  });

  it('without a wrangler.toml nothing is started', async () => {
    const errors: string[] = [];
    const system = { ...createTestSystem(), tell: (line: string) => void errors.push(line) };
    expect(await runDev(['--config', at('none.toml')], system, new AbortController().signal)).toBe(2);
  });
});
