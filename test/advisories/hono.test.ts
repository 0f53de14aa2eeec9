// Flaws that Hono itself has had; the gateway stands on it.
// Most of them were in middlewares and helpers; the first test says that none of those is used:
//   GHSA-m732-5p4w-x69g, CVE-2026-22817, -22818, -44459 (jwt, jwk), GHSA-q7jf-gf43-6x6p,
//   CVE-2026-54290 (cors), GHSA-6wqw-2p9w-4vw4, CVE-2026-44457 (cache), GHSA-r354-f388-2fhh, CVE-2026-47674 (ip-restriction),
//   GHSA-w332-q679-j88p, GHSA-q5qw-h33p-qvwr, CVE-2026-54290's `%5C` (serveStatic), GHSA-9r54-q6cx-xmh5, CVE-2026-44455, -44458 (JSX),
//   CVE-2026-29086, CVE-2026-47675 (cookie helper), 4.12.7 (parseBody), 4.12.34 (proxy helper), CVE-2026-47673 (bearer-auth),
//   CVE-2026-47676, CVE-2026-126357, GHSA-4m76-xfj5-7975 (mount), 4.11.10 (timing-safe compare), GHSA-92pp-h63x-v22m (node-server).
// Below are those that could have been made again by hand.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { asStranger, cookieHeader, createAdminBed, expectStopped, lastReceived, statusWith } from './bed.ts';

const { users } = SEED;

it('nothing of Hono is used but its smallest app and its types', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const used = new Set<string>();
  for (const name of files) {
    const text = readFileSync(`src/${name}`, 'utf8');
    for (const [, imported = ''] of text.matchAll(/from '(hono[^']*|@hono[^']*)'/g)) used.add(imported);
    expect(text, name).not.toMatch(/\.(mount|parseBody|basePath)\(/);
  }
  expect([...used].sort()).toEqual(['hono', 'hono/tiny']);
});

describe('flaws of Hono: CORS', () => {
  it('CVE-2026-54290 no origin is told that it may read, unless the rule names it', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/api/*', cors: ['https://partner.example'] }] } });
    for (const [path, origin] of [
      ['/page', 'https://partner.example'],
      ['/api/x', 'https://evil.example'],
      ['/api/x', 'null'],
      ['/auth/userinfo', 'https://partner.example'],
    ] as const) {
      const { headers } = await asStranger(harness, path, { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('GHSA-q7jf-gf43-6x6p a Vary that the visitor sends is not answered', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/api/*', cors: ['https://partner.example'] }] } });
    for (const path of ['/api/x', '/page']) {
      const headers = { origin: 'https://partner.example', vary: 'X-Forged' };
      const answer = await asStranger(harness, path, { headers });
      expect(answer.headers.get('vary') ?? '').not.toMatch(/forged/i);
    }
  });
});

describe('flaws of Hono: bodies', () => {
  it.each<[string, Record<string, string>]>([
    ['without a length', {}],
    ['with a length that is a lie', { 'content-length': '10', 'transfer-encoding': 'chunked' }],
  ])('GHSA-92vj-g62v-jqhh one %s is not read beyond the limit', async (_name, more) => {
    const harness = createHarness();
    const forms: [string, string, number, number][] = [
      ['/auth/backchannel-logout', 'logout_token=', 400, 500_000],
      ['/auth/logout', 'return_to=', 200, 500_000],
      ['/page', 'a=', 413, 3_000_000],
    ];
    for (const [path, beginning, status, most] of forms) {
      let sent = 0;
      const body = new ReadableStream({
        pull(controller) {
          controller.enqueue(sent === 0 ? Buffer.from(beginning) : new Uint8Array(65_536).fill(120));
          sent += 65_536;
          if (sent > 20_000_000) controller.close();
        },
      });
      const headers = {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...more,
      };
      const init = { method: 'POST', body, duplex: 'half', headers } as RequestInit;
      expect((await asStranger(harness, path, init)).status, path).toBe(status);
      expect(sent, path).toBeLessThan(most);
    }
    expect(harness.received).toEqual([]);
  });
});

describe('flaws of Hono: tokens and cookies', () => {
  it.each(['CVE-2026-22817', 'CVE-2026-22818'])('%s a key without alg is no secret for HS256', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.jwks = (json) => ({ keys: json['keys'].map(({ alg: _, ...key }: { alg: string }) => key) });
    const good = await harness.zitadel.mintAccessToken({ sub: users.user, jwt: true });
    const ask = async (token: string) =>
      (await asStranger(harness, '/page', { headers: { authorization: `Bearer ${token}` } })).status;
    const [, payload] = good.split('.');
    const { publicJwk, kid } = await harness.zitadel.webKeys.active();
    for (const secret of [JSON.stringify(publicJwk), String((publicJwk as { n?: string }).n)]) {
      const key = await crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
        'sign',
      ]);
      const input = `${Buffer.from(JSON.stringify({ alg: 'HS256', kid, typ: 'JWT' })).toString('base64url')}.${payload}`;
      const signature = Buffer.from(await crypto.subtle.sign('HMAC', key, Buffer.from(input))).toString('base64url');
      expect(await ask(`${input}.${signature}`)).toBe(401);
    }
    expect(await ask(good)).toBe(200);
  });

  it('CVE-2026-44459 times that are no numbers are no times', async () => {
    const harness = createHarness();
    for (const claims of [
      { exp: '9999999999' },
      { exp: 0 },
      { exp: null },
      { exp: true },
      { nbf: '0' },
      { iat: 'now' },
    ]) {
      const token = await harness.zitadel.mintAccessToken({ sub: users.user, jwt: true, claims });
      const headers = { authorization: `Bearer ${token}` };
      expect((await asStranger(harness, '/page', { headers })).status, JSON.stringify(claims)).toBe(401);
    }
  });

  it('CVE-2026-47673 no other scheme is taken for Bearer', async () => {
    const harness = createHarness();
    const token = await harness.zitadel.mintAccessToken({ sub: users.user, jwt: true });
    const ask = async (authorization: string) =>
      (await asStranger(harness, '/page', { headers: { authorization } })).status;
    for (const scheme of ['Basic', 'Token', 'DPoP', 'Bearerx', 'xBearer', 'Negotiate'])
      expect(await ask(`${scheme} ${token}`), scheme).toBe(401);
    expect(await ask(token)).toBe(401);
    expect(harness.received).toEqual([]);
    expect(await ask(`Bearer ${token}`)).toBe(200);
  });

  it('CVE-2026-56762 a cookie’s name is its name: no blank of any kind before it is forgiven', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    const cookie = await cookieHeader(browser);
    expect(await statusWith(harness, cookie)).toBe(200);
    for (const blank of ['\u00a0', '\u0085', '\u00ad', '"'])
      expect(await statusWith(harness, blank + cookie)).toBe(401);
  });

  it('CVE-2026-29086, CVE-2026-47675 nothing that was sent becomes an attribute of a cookie', async () => {
    const harness = createHarness();
    const evil = encodeURIComponent('/x; Domain=evil.example; SameSite=None\r\nSet-Cookie: a=b');
    const inPath = encodeURIComponent('; Domain=evil.example; SameSite=None');
    for (const path of [`/auth/login?return_to=${evil}&login_hint=${evil}`, `/page/${inPath}?${evil}`]) {
      const lines = (await harness.browser().navigate(path)).headers.getSetCookie();
      expect(lines).toHaveLength(1);
      for (const line of lines) expect(line).not.toMatch(/Domain|SameSite=None|\r|\n|a=b/i);
    }
  });
});

describe('paths that Hono’s own guard lets by, through the whole app', () => {
  const targets = [
    ...['/%61dmin/x', '/ad%6din/x', '/admin\\x', '/x/%2e%2e/admin/x', '/./admin/x'],
    ...['/admin%2fx', '/admin%2Fx', '/x/..%2fadmin/x', '//admin/x', '///admin/x'],
    ...['/Admin/x', '/ADMIN%2fx', '/admin;a=b/x', '/admin%5cx', '/admin%20/x', '/admin./x', '/admin%00/x'],
    ...['/%2561dmin/x', '/admin/..;/x', '/admin/x#frag', '/admin?a#/public'],
  ];

  it.each(targets)('%s needs the role', async (target) => {
    const ROUTES = [
      { path: '/admin/*', roles: ['admin'] },
      { path: '/*', access: 'public' },
    ];
    const harness = createAdminBed({ env: { ROUTES } });
    await expectStopped(harness, ORIGIN + target);
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/auth/login');
    const before = harness.received.length;
    const { status } = await browser.fetch(ORIGIN + target);
    expect([400, 403]).toContain(status);
    expect(harness.received.length).toBe(before);
  });

  it.each(['CVE-2026-47676', 'CVE-2026-126357, GHSA-4m76-xfj5-7975', 'GHSA-92pp-h63x-v22m', 'GHSA-q5qw-h33p-qvwr'])(
    '%s the gateway’s own folder is left by no spelling: the application never sees what might be an endpoint',
    async () => {
      const harness = createAdminBed();
      for (const target of [
        '/auth/x',
        '/auth/callback/x',
        '/auth//login',
        '/auth/%6cogin',
        '/auth/%2e%2e%2fx',
        '/auth/',
      ])
        await asStranger(harness, target).then(({ status }) => expect([400, 404], target).toContain(status));
      for (const target of ['//auth/userinfo', '/%61uth/userinfo', '/AUTH/userinfo', '/x/..%2fauth/userinfo'])
        await expectStopped(harness, target);
      expect(harness.received).toEqual([]);
      expect((await asStranger(harness, '/public/x')).status).toBe(200);
      expect(lastReceived(harness).headers.get('x-forwarded-user')).toBeNull();
    },
  );
});
