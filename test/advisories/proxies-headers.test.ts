// Flaws of other reverse proxies in what they hand on: identity, addresses, tokens, and pages of their own.
// What cannot concern us, and why:
//   CVE-2026-41181 (Traefik)         there is no service for error pages: the gateway makes them itself
//   CVE-2026-71324 (Traefik)         CONNECT never reaches a worker
//   CVE-2025-25294 (Envoy Gateway)   log lines are JSON, one object each; test/spec/authorization-response has the provider's words
//   CVE-2026-128023 (FrankenPHP)     a flaw of the application's server; the aliases it takes stop here (CVE-2026-88011)

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { ask, createCheckHarness, GATEWAY_SECRET } from '../flow/asking.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN, UPSTREAM } from '../support/harness.ts';
import { asStranger, cookieHeader, createAdminBed, issuedTokens, lastReceived, statusWith } from './bed.ts';

async function sentBySomebody(harness: Harness, headers: Record<string, string>) {
  const browser = harness.browser();
  await harness.signIn(browser, 'user');
  expect((await browser.fetch('/page', { headers })).status).toBe(200);
  return lastReceived(harness);
}

async function sentByNobody(harness: Harness, headers: Record<string, string>) {
  expect((await asStranger(harness, '/public/x', { headers })).status).toBe(200);
  return lastReceived(harness);
}

const forged = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'forged']));

describe('flaws of proxies: identity headers', () => {
  it('CVE-2026-33433 a name configured in odd case is one name', async () => {
    const IDENTITY_HEADERS = { 'rEMOTE-uSER': 'preferred_username', 'x-WHO': 'sub' };
    const harness = createAdminBed({ env: { IDENTITY_HEADERS } });
    const names = ['Remote-User', 'REMOTE_USER', 'X-Who', 'x_who', 'X-WHO_'];
    expect((await sentByNobody(harness, forged(names))).text).not.toContain('forged');
    const { headers, text } = await sentBySomebody(harness, forged(names));
    expect(text).not.toContain('forged');
    expect([headers.get('remote-user'), headers.get('x-who')]).toEqual(['uma@acme.zitadel.example', SEED.users.user]);
  });

  it.each([
    ['CVE-2026-39858', ['X_Forwarded_User', 'X_Forwarded_Email', 'X_FORWARDED_PROTO']],
    ['CVE-2026-54763', ['x-forwarded_user', 'x_forwarded-user', 'x--forwarded--user', 'X-Forwarded-User_']],
    [
      'CVE-2026-88011, CVE-2026-88879, CVE-2026-128023',
      ['X.Forwarded.User', 'X.Authenticated.User', 'x.forwarded-groups', 'Remote.User'],
    ],
    [
      'CVE-2026-30851, CVE-2026-52845',
      ['Remote-User', 'Remote-Groups', 'Remote_User', 'HTTP_REMOTE_USER', 'X-Auth-Request-Email'],
    ],
  ])('%s no alias of an identity header gets through', async (_id, names) => {
    const harness = createAdminBed();
    expect((await sentByNobody(harness, forged(names))).text).not.toContain('forged');
    expect((await sentBySomebody(harness, forged(names))).text).not.toContain('forged');
  });

  it('CVE-2026-39858, CVE-2026-54763 no alias gets into a verdict: what is asked about is said in one spelling', async () => {
    const harness = createCheckHarness({ env: { ROUTES: [{ path: '/public/*', access: 'public' }] } });
    for (const name of ['X_Forwarded_Uri', 'X_Original_URI', 'X.Forwarded.Uri', 'X-Original_Uri']) {
      const answer = await ask(harness.browser(), { uri: '/page', headers: { [name]: '/public/x' } });
      expect(answer.status).toBe(401);
    }
  });

  it('CVE-2026-30851 a verdict on nobody carries no identity that the visitor wrote', async () => {
    const harness = createCheckHarness({ env: { ROUTES: [{ path: '/public/*', access: 'public' }] } });
    const answer = await ask(harness.browser(), {
      uri: '/public/x',
      headers: forged(['x-forwarded-user', 'remote-user']),
    });
    expect(answer.status).toBe(204);
    expect(JSON.stringify([...answer.headers])).not.toContain('forged');
  });

  it.each([
    ['CVE-2024-45410', 'X-Forwarded-User, X-Real-Ip, X-Forwarded-For'],
    ['CVE-2026-29054', 'x-forwarded-user, x-forwarded-for'],
    ['CVE-2021-32813', 'close, X-Forwarded-Roles, X-Request-Id, traceparent'],
    ['GHSA-w9mr-28mw-j8hg', 'keep-alive, X-Forwarded-User, X-Forwarded-Proto, X-Gateway-Secret'],
  ])('%s Connection names no identity header away', async (_id, connection) => {
    const harness = createAdminBed({ env: { UPSTREAM_SECRET: GATEWAY_SECRET } });
    const { headers } = await sentBySomebody(harness, { connection, 'cf-connecting-ip': '192.0.2.7' });
    for (const name of ['user', 'roles', 'for', 'proto']) expect(headers.get(`x-forwarded-${name}`)).not.toBeNull();
    for (const name of ['x-request-id', 'traceparent', 'x-gateway-secret']) expect(headers.get(name)).not.toBeNull();
  });
});

describe('flaws of proxies: addresses', () => {
  it.each([
    ['CVE-2026-35051', { 'x-forwarded-prefix': '/forged', 'x-forwarded-port': '666' }],
    ['CVE-2026-54764', { x_forwarded_port: '666', 'X.Forwarded.Prefix': '/forged' }],
    ['CVE-2024-52003', { 'x-forwarded-prefix': 'https://forged.example' }],
  ])('%s a visitor’s own word on prefix or port is nobody’s', async (_id, headers) => {
    const harness = createAdminBed();
    const { text } = await sentByNobody(harness, headers);
    expect(text).not.toMatch(/forged|\b666\b/);
    const toProvider = await harness.browser().navigate('/page', { headers });
    expect(locationOf(toProvider)).not.toMatch(/forged|\b666\b/);
    expect(new URL(locationOf(toProvider)).searchParams.get('redirect_uri')).toBe(`${ORIGIN}/auth/callback`);
  });

  it('CVE-2023-36456, CVE-2024-47070, CVE-2024-21494, CVE-2026-27700 the visitor’s address is the edge’s word alone', async () => {
    const spoofed = {
      'x-forwarded-for': '127.0.0.1',
      forwarded: 'for=127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'true-client-ip': '127.0.0.1',
    };
    const harness = createAdminBed();
    expect((await sentByNobody(harness, spoofed)).text).not.toContain('127.0.0.1');
    const { headers } = await sentByNobody(harness, { ...spoofed, 'cf-connecting-ip': '192.0.2.7' });
    expect(headers.get('x-forwarded-for')).toBe('192.0.2.7');
    for (const name of Object.keys(spoofed))
      expect((await asStranger(harness, '/admin/x', { headers: { [name]: '127.0.0.1' } })).status).toBe(401);
  });

  it('CVE-2026-33495, CVE-2024-21499 X-Forwarded-Proto decides nothing', async () => {
    const harness = createAdminBed();
    for (const proto of ['http', 'ftp', 'https,http']) {
      const { headers } = await sentByNobody(harness, { 'x-forwarded-proto': proto });
      expect(headers.get('x-forwarded-proto')).toBe('https');
      const toProvider = await harness.browser().navigate('/admin/x', { headers: { 'x-forwarded-proto': proto } });
      const cookies = toProvider.headers.getSetCookie();
      expect(cookies).toHaveLength(1);
      for (const line of cookies) expect(line).toMatch(/^__Host-.*; ?Secure/);
      expect(new URL(locationOf(toProvider)).searchParams.get('redirect_uri')).toBe(`${ORIGIN}/auth/callback`);
    }
  });

  it('CVE-2024-21497, CVE-2024-21498 X-Forwarded-Host decides nothing: no redirect and no question goes where it says', async () => {
    const harness = createAdminBed();
    const asked: string[] = [];
    const { fetch } = harness.zitadel;
    harness.zitadel.fetch = (input, init) => {
      const request = new Request(input, init);
      asked.push(new URL(request.url).origin);
      return fetch(request);
    };
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-host': 'evil.example' };
    const browser = harness.browser();
    const toProvider = locationOf(await browser.navigate('/page', { headers }));
    const callbackUrl = await harness.zitadel.signIn({ authorizeUrl: toProvider, user: 'user' });
    const toPage = await browser.navigate(callbackUrl, { headers: { ...headers, 'sec-fetch-site': 'cross-site' } });
    expect(locationOf(toPage)).toBe(`${ORIGIN}/page`);
    await browser.fetch('/page', { headers });
    const out = locationOf(await browser.navigate('/auth/logout?return_to=https://evil.example/', { headers }));
    for (const location of [toProvider, out]) expect(location).not.toContain('evil.example');
    expect(new Set(asked)).toEqual(new Set([new URL(toProvider).origin]));
    expect(new Set(harness.received.map(({ url }) => new URL(url).origin))).toEqual(new Set([UPSTREAM]));
  });
});

describe('flaws of proxies: pages and endpoints of their own', () => {
  it.each(['/auth/userinfo', '/auth/profile', '/auth/health', '/auth/ready', '/auth/jwks', '/auth/client.js'])(
    'CVE-2022-24797, CVE-2024-39315 %s shows no token',
    async (path) => {
      const harness = createHarness();
      const tokens = issuedTokens(harness);
      const browser = harness.browser();
      await harness.signIn(browser, 'admin');
      const text = await (await browser.fetch(path)).text();
      expect(tokens).toHaveLength(3);
      for (const secret of [...tokens, ...(await browser.cookies()).values()]) expect(text).not.toContain(secret);
    },
  );

  it('CVE-2026-33525, CVE-2024-21496 nothing that was sent is shown as HTML', async () => {
    const harness = createAdminBed();
    const browser = harness.browser();
    const person = harness.zitadel.findUser('user');
    if (person.kind !== 'human') throw new Error('a person');
    person.displayName = '"><script>evil()</script>';
    await harness.signIn(browser, 'user');
    const bad = '%22%3E%3Cscript%3Eevil()%3C/script%3E';
    const targets = [
      `/auth/${bad}`,
      `/admin/${bad}`,
      `/admin/?a=${bad}`,
      `/auth/logout/callback?state=${bad}`,
      '/auth/profile',
    ];
    for (const target of [...targets, `/auth/callback?error=${bad}&state=${bad}&error_description=${bad}`]) {
      const answer = await browser.navigate(target, {
        headers: {
          'sec-fetch-site': 'cross-site',
          'accept-language': '"><script>evil()',
          referer: `${ORIGIN}/"><script>evil()</script>`,
          'user-agent': '"><script>evil()</script>',
        },
      });
      if (answer.status !== 302) expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await answer.text()).not.toContain('<script>evil');
    }
  });

  it('CVE-2025-55162 a sign-out deletes the __Host- cookies with the attributes that browsers demand', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const copy = await cookieHeader(browser);
    const answer = await browser.navigate('/auth/logout');
    const deleted = answer.headers.getSetCookie().filter((line) => line.startsWith('__Host-postern='));
    expect(deleted).toHaveLength(1);
    expect(deleted[0]).toMatch(/Max-Age=0/i);
    expect(deleted[0]).toMatch(/; ?Secure/i);
    expect(deleted[0]).toMatch(/; ?Path=\//i);
    expect(deleted[0]).not.toMatch(/Domain/i);
    expect((await browser.cookies()).has('__Host-postern')).toBe(false);
    expect(await statusWith(harness, copy)).toBe(401);
  });
});
