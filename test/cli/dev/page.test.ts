// `postern dev`: its page and what the terminal shows.

import { createConnection } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Overview } from '../../../cli/dev/overview.ts';
import { startPage } from '../../../cli/dev/page.ts';
import { printWelcome } from '../../../cli/dev/welcome.ts';
import { createLook } from '../../../cli/support/look.ts';

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

describe('the page of postern dev', () => {
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

describe('the terminal of postern dev', () => {
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
