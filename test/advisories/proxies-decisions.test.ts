// Flaws of other reverse proxies in who may pass: paths, caches, tokens, and answers that went to somebody else.
// What cannot concern us, and why:
//   CVE-2021-29652 (Pomerium)        no redirect of ours is signed; return_to is checked where it is read
//   CVE-2023-33189 (Pomerium)        nothing is known of it but "crafted requests"; test/policy/bypass and test/property stand for it
//   CVE-2023-35941 (Envoy)           no HMAC over joined fields: cookies are JWEs, their purpose in the protected header
//   CVE-2024-21493 (caddy-security)  a panic over a configured file without a path; a bad configuration of ours serves 503 (test/config)
//   CVE-2024-21500 (caddy-security)  second factors that could be tried without end: they are typed at ZITADEL, never here
// CVE-2024-21494, -21496 to -21499 are in proxies-headers.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { ask, createCheckHarness } from '../flow/asking.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, ORIGIN, OTHER_SECRET } from '../support/harness.ts';
import {
  asStranger,
  cookieHeader,
  createAdminBed,
  endOfLogin,
  expectOurs,
  expectStopped,
  issuedTokens,
  lastReceived,
  statusWith,
} from './bed.ts';

const { users } = SEED;

describe('flaws of proxies: rule and application see the same path', () => {
  it.each([
    ['CVE-2026-33494', ['/public/../admin/x', '/public/..%2fadmin/x', '/public/%2e%2e/admin/x']],
    ['CVE-2023-47106', ['/admin/x#/public/', '/admin%23/../admin/x']],
    ['CVE-2025-32431', ['/public/..%2f..%2fadmin', '/public/%252e%252e/admin/x']],
    ['CVE-2025-47952', ['/public/..%2F/admin', '/public%2f..%2fadmin']],
    ['CVE-2025-66490', ['/admin%2fx', '/%2fadmin', '/admin%5cx']],
    [
      'CVE-2026-40912, CVE-2026-48020, CVE-2026-65600, CVE-2026-67309',
      ['/public/..;/admin', '/public/..%5cadmin', '/public/./..%2fadmin'],
    ],
    ['CVE-2026-27587', ['/%61dmin/x', '/%41DMIN/x', '/%2541dmin/x']],
    ['CVE-2026-32811', ['/admin?x=/../public/y', '/admin/x?/public/']],
    ['CVE-2026-42274', ['/public/%2e%2e%2fadmin', '//admin/x', '/public//..%2f..%2fadmin']],
  ])('%s such a path is stopped, or judged as what the application sees', async (_id, targets) => {
    const harness = createAdminBed();
    for (const target of targets) await expectStopped(harness, target);
  });

  it('CVE-2026-42274 what passes goes on byte for byte', async () => {
    const harness = createAdminBed();
    for (const target of ['/public/a%2Fb%20c?x=%2e%2e/y&z=%41', '/public/K%C3%A4se;v=1?', '/public//x'])
      expect(((await (await asStranger(harness, target)).json()) as { path: string }).path).toBe(
        target.replace(/\?$/, ''),
      );
  });

  it('CVE-2025-66490, CVE-2026-65600 a stripped prefix leads to no other host and no other folder’s rule', async () => {
    const routes = [
      { path: '/admin/*', roles: ['admin'] },
      { path: '/api/*', access: 'public', strip_prefix: true, upstream: 'https://api.internal' },
    ];
    const harness = createHarness({ env: { ROUTES: routes } });
    for (const target of ['/api//evil.example/x', '/api/\\evil.example', '/api/@evil.example/', '/api/.evil.example']) {
      expect((await asStranger(harness, target)).status).toBe(200);
      expect(new URL(harness.received.at(-1)?.url ?? '').origin).toBe('https://api.internal');
    }
    for (const target of ['/api/..%2fadmin', '/api%2f..%2fadmin', '/api/..;/admin'])
      await expectStopped(harness, target);
  });

  it('CVE-2026-27588, CVE-2026-48794 a host in mixed case is the same host', async () => {
    const harness = createHarness({
      env: { ROUTES: [{ path: '/*', hosts: ['other.example.com'], roles: ['admin'] }] },
    });
    const token = await harness.zitadel.mintAccessToken({ sub: users.user, jwt: true });
    for (const host of ['other.example.com', 'OTHER.Example.Com']) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await asStranger(harness, `https://${host}/x`, { headers })).status).toBe(403);
    }
    const checking = createCheckHarness({ env: { ROUTES: [{ path: '/*', roles: ['admin'] }] } });
    const browser = checking.browser();
    await checking.signIn(browser, 'user');
    const { status } = await ask(browser, {
      headers: { 'x-original-host': 'APP.EXAMPLE.COM', host: 'APP.EXAMPLE.COM' },
    });
    expect(status).toBe(403);
  });

  it('CVE-2021-32637 what cannot be read is refused, also where only a verdict is asked for', async () => {
    const harness = createCheckHarness({ env: { ROUTES: [{ path: '/public/*', access: 'public' }] } });
    for (const uri of [
      '/public/%',
      '/public/%zz',
      '/public/%00',
      'public/x',
      '',
      '//',
      '/public/../../x%',
      '/public/ x',
      'http://[/public/x',
    ])
      expect([401, 403], uri).toContain((await ask(harness.browser(), { uri })).status);
    for (const target of ['/public/%', '/public/%zz', '/public/%00', '/public/%c0%ae%c0%ae/x'])
      await expectStopped(harness, target);
  });
});

describe('flaws of proxies: what changes at the provider, and what ends', () => {
  it('CVE-2021-41230, GHSA-x883-2vmg-xwf7 a group taken away is gone within CLAIMS_MAX_AGE', async () => {
    const harness = createAdminBed();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin', '/admin/x');
    harness.zitadel.setUserRoles('admin', ['user']);
    await harness.advance(301);
    expect((await browser.fetch('/admin/x')).status).toBe(403);
  });

  it('CVE-2024-21492 a sign-out ends the session itself, not only its cookie', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const copy = await cookieHeader(browser);
    await browser.navigate('/auth/logout');
    expect(await statusWith(harness, copy)).toBe(401);
    const elsewhere = harness.isolate();
    expect(await statusWith(harness, copy, '/page', elsewhere)).toBe(401);
  });

  it('CVE-2024-21495 what must not be guessed differs each time, and is long', async () => {
    const harness = createHarness();
    const seen = new Set<string>();
    for (let round = 0; round < 50; round++) {
      const url = new URL(locationOf(await harness.browser().navigate('/page')));
      for (const name of ['state', 'nonce', 'code_challenge']) seen.add(url.searchParams.get(name) ?? '');
    }
    expect(seen.size).toBe(150);
    for (const value of seen) expect(value.length).toBeGreaterThanOrEqual(43);
  });

  it('(Envoy oauth2) a cookie of an earlier configuration leads to one login, not to a loop', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const changed = harness.browser(harness.isolate({ SESSION_SECRET: OTHER_SECRET }));
    for (const [name, value] of await browser.cookies())
      await changed.jar.setCookie(`${name}=${value}; Path=/; Secure`, `${ORIGIN}/`);
    expect((await harness.signIn(changed, 'admin', '/page')).status).toBe(200);
    expect(lastReceived(harness).headers.get('x-forwarded-user')).toBe(users.admin);
  });

  it('CVE-2021-29651 what a login ends with carries no token, and leads to nobody else', async () => {
    const harness = createHarness();
    const tokens = issuedTokens(harness);
    for (const target of ['/page', 'https://evil.example/', '//evil.example']) {
      const path = `/auth/login?return_to=${encodeURIComponent(target)}`;
      const location = await endOfLogin(harness, harness.browser(), path);
      expectOurs(location);
      expect(new URL(location).search).toBe('');
      for (const token of tokens) expect(location).not.toContain(token);
    }
    expect(tokens).toHaveLength(9);
  });

  it('CVE-2024-23647 every login is bound by PKCE S256, and no link and no metadata can talk it out of that', async () => {
    const harness = createHarness();
    for (const path of ['/page', '/auth/login']) {
      const toProvider = await harness.browser().navigate(`${path}?code_challenge_method=plain&code_challenge=x`);
      const parameters = new URL(locationOf(toProvider)).searchParams;
      expect(parameters.getAll('code_challenge_method')).toEqual(['S256']);
      expect(parameters.getAll('code_challenge')).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    }
    harness.zitadel.tamper.discovery = (json) => ({ ...json, code_challenge_methods_supported: ['plain'] });
    const cold = harness.browser(harness.isolate());
    expect((await cold.navigate('/page')).status).toBe(503);
  });
});
