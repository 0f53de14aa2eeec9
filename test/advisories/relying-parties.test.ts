// Flaws that OpenID relying parties and their libraries have had, each against a gateway in its default configuration.
// §2.3 of the collected advisories. What cannot concern us, and why, or where it is tested already:
//   CVE-2025-4143, CVE-2025-4144 (workers-oauth-provider)  we are no authorization server; ours must do PKCE (CVE-2024-23647)
//   CVE-2026-55672 (ZITADEL)         a code bound to no client: its tokens fail at `aud` and `azp` (test/spec/id-token-checks)
//   mod_auth_openidc, 2026           duplicates of code and state, a front channel by sid alone: test/spec; formats of other
//                                    releases: test/flow/session-storage; a limit for what is inflated: nothing is (CVE-2024-28176)

import { describe, expect, it } from 'vitest';
import { fitsCookies, joinChunks, sealedCookies } from '../../src/session/sealed-cookie.ts';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { asStranger, cookieHeader, endOfLogin, expectOurs, lastReceived, statusWith } from './bed.ts';

const bearer = async (harness: Harness, token: string, target = '/page') =>
  (await asStranger(harness, target, { headers: { authorization: `Bearer ${token}` } })).status;

describe('mod_auth_openidc', () => {
  it('CVE-2022-23527 a return address of a login or a logout is ours', async () => {
    const harness = createHarness();
    for (const target of [
      'https://evil.example/',
      '//evil.example',
      '/\t/evil.example',
      'javascript:alert(1)',
      `${ORIGIN}\\@evil.example`,
    ]) {
      const query = `return_to=${encodeURIComponent(target)}`;
      expectOurs(await endOfLogin(harness, harness.browser(), `/auth/login?${query}`));
      const browser = harness.browser();
      await harness.signIn(browser, 'user');
      const atProvider = new URL(locationOf(await browser.navigate(`/auth/logout?${query}`)));
      expect(atProvider.searchParams.get('post_logout_redirect_uri')).toBe(`${ORIGIN}/auth/logout/callback`);
      const back = await browser.navigate(`/auth/logout/callback?state=${atProvider.searchParams.get('state')}`);
      const location = back.headers.get('location');
      if (location !== null) expectOurs(location);
    }
  });

  it.each([
    [
      'CVE-2023-28625',
      ['__Host-postern.0=', '__Host-postern.0=~', '__Host-postern.0=4~; __Host-postern.1=', '__Host-postern=;;;='],
    ],
    [
      'CVE-2024-24814',
      [
        '__Host-postern.0=99999999~x',
        '__Host-postern.0=-1~x',
        '__Host-postern.0=1e9~x',
        `${'__Host-postern.1=x; '.repeat(500)}__Host-postern.0=4~x`,
        Array.from({ length: 500 }, (_, index) => `__Host-postern.${index}=4~`).join('; '),
        '__Host-postern.99999999999999999999=x',
      ],
    ],
  ])('%s no cookie in chunks is more than no session', async (_id, cookies) => {
    const harness = createHarness();
    for (const cookie of cookies) expect([401, 431], cookie.slice(0, 60)).toContain(await statusWith(harness, cookie));
    expect(harness.objects.calls).toBe(0);
  });

  it('GHSA-59jp-rwph-878r nothing protected comes along with the way to the login', async () => {
    const harness = createHarness({ upstream: () => new Response('the secret content') });
    const form = {
      method: 'POST',
      body: 'a=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    };
    for (const init of [{}, form]) {
      const answer = await harness.browser().navigate('/page', init);
      expect([302, 303]).toContain(answer.status);
      expect(await answer.text()).not.toContain('secret content');
    }
    expect(harness.received).toEqual([]);
  });

  it('GHSA-wcvh-g65p-v576 a signed access token is held against issuer and audience', async () => {
    const harness = createHarness();
    const mint = (options: object) => harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true, ...options });
    expect(await bearer(harness, await mint({}))).toBe(200);
    expect(await bearer(harness, await mint({ aud: ['249703000000009999'] }))).toBe(401);
    expect(await bearer(harness, await mint({ aud: [] }))).toBe(401);
    expect(await bearer(harness, await mint({ issuer: 'https://evil.example' }))).toBe(401);
  });

  it('(2026 hardening) a repeated logout_token is refused', async () => {
    const harness = createHarness();
    const body = 'logout_token=a&logout_token=b';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await asStranger(harness, '/auth/backchannel-logout', { method: 'POST', body, headers })).status).toBe(400);
  });

  it('(2026 hardening) a session that fills its chunks to the last byte is a session, and without one chunk is none', () => {
    const name = '__Host-postern';
    const size = 4096 - name.length - 2;
    for (const chunks of [1, 2, 3, 4]) {
      for (const surplus of [-3, -2, -1, 0, 1, 2, 3]) {
        const sealed = Array.from({ length: chunks * size - 2 + surplus }, (_, index) =>
          (index % 36).toString(36),
        ).join('');
        if (!fitsCookies(name, sealed)) continue;
        const lines = sealedCookies(name, sealed, 100, new Map());
        const cookies = new Map(lines.map((line) => line.slice(0, line.indexOf(';')).split('=') as [string, string]));
        expect(joinChunks(cookies, name)).toBe(sealed);
        for (const missing of cookies.keys()) {
          const rest = new Map([...cookies].filter(([other]) => other !== missing));
          expect(joinChunks(rest, name)).toBeUndefined();
        }
      }
    }
    expect(fitsCookies(name, 'x'.repeat(4 * size - 2))).toBe(true);
    expect(fitsCookies(name, 'x'.repeat(4 * size - 1))).toBe(false);
  });

  it('(2026 hardening) keys are asked for anew seldom, however many tokens name unknown ones, and without them nobody passes', async () => {
    const harness = createHarness();
    const mint = () => harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true });
    expect(await bearer(harness, await mint())).toBe(200);
    const { keys } = harness.zitadel.calls;
    const [, payload, signature] = (await mint()).split('.');
    const unknown = (kid: string) =>
      `${Buffer.from(JSON.stringify({ alg: 'RS256', kid, typ: 'JWT' })).toString('base64url')}.${payload}.${signature}`;
    for (let index = 0; index < 20; index++) expect(await bearer(harness, unknown(`a${index}`))).toBe(401);
    expect(harness.zitadel.calls.keys - keys).toBe(20);
    // Beyond that nobody looks, and so nobody is refused.
    for (let index = 20; index < 100; index++) expect(await bearer(harness, unknown(`a${index}`))).toBe(503);
    expect(harness.zitadel.calls.keys - keys).toBe(20);
    harness.zitadel.faults.set('keys', { status: 500 });
    harness.clock.now += 31;
    harness.received.length = 0;
    for (let index = 0; index < 20; index++) expect(await bearer(harness, unknown(`b${index}`))).toBe(503);
    expect(harness.zitadel.calls.keys - keys).toBe(30);
    expect(harness.received).toEqual([]);
  });

  it('(2026 hardening) identity headers are taken off a preflight that passes, too', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/api/*', cors: ['https://partner.example'] }] } });
    const headers = {
      origin: 'https://partner.example',
      'access-control-request-method': 'GET',
      'x-forwarded-user': 'forged',
      x_forwarded_roles: 'forged',
    };
    expect((await asStranger(harness, '/api/x', { method: 'OPTIONS', headers })).status).toBe(200);
    expect(lastReceived(harness).text).not.toContain('forged');
  });
});

describe('nextjs-auth0, authkit-nextjs, express-openid-connect, next-auth', () => {
  it('CVE-2021-32702 an error from the provider is not shown', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const state = new URL(locationOf(await browser.navigate('/'))).searchParams.get('state');
    const answer = await browser.navigate(
      `/auth/callback?error=%3Cimg%20src=x%20onerror=evil()%3E&error_description=evil&state=${state}`,
    );
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('evil');
  });

  it('CVE-2025-46344 a cookie that was copied has an end of its own, in an isolate that knows nothing too', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const copy = await cookieHeader(browser);
    await harness.advance(43_200);
    for (const app of [harness.app, harness.isolate()]) expect(await statusWith(harness, copy, '/page', app)).toBe(401);
  });

  it.each(['CVE-2025-48947', 'CVE-2025-64762'])(
    '%s no answer with a cookie of ours may be kept by a shared cache',
    async () => {
      const upstream = () =>
        new Response('page', {
          headers: { 'cache-control': 'public, s-maxage=600', 'cdn-cache-control': 'max-age=600' },
        });
      const harness = createHarness({ upstream, env: { ROUTES: [{ path: '/public/*', access: 'public' }] } });
      const browser = harness.browser();
      await harness.signIn(browser, 'admin');
      await harness.advance(1000);
      for (const target of ['/public/x', '/page']) {
        await harness.advance(950);
        const answer = await browser.fetch(target);
        expect(answer.headers.getSetCookie().length, target).toBeGreaterThan(0);
        expect(answer.headers.get('cache-control')).toMatch(/private|no-store/);
        expect(answer.headers.get('cache-control')).not.toMatch(/public|s-maxage/);
        expect(answer.headers.get('cdn-cache-control')).toBeNull();
      }
    },
  );

  it('CVE-2026-40155 tokens asked for at the same time are each user’s own', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/*', forward_access_token: true }] } });
    const browsers = [harness.browser(), harness.browser()];
    for (const [index, browser] of browsers.entries()) await harness.signIn(browser, index === 0 ? 'admin' : 'staff');
    await harness.advance(301);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const answer = (await (await browsers[index % 2]?.fetch('/page'))?.json()) as {
          headers: Record<string, string>;
        };
        return `${answer.headers['x-forwarded-user']} ${answer.headers['authorization']}`;
      }),
    );
    expect(new Set(answers).size).toBe(2);
    expect(new Set(answers.map((answer) => answer.split(' ').at(-1))).size).toBe(2);
  });

  it('CVE-2021-41246 a login gives a session of its own', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    const before = (await (await browser.fetch('/auth/userinfo')).json()) as { session: { id: string } };
    await harness.signIn(browser, 'user', '/auth/login');
    const after = (await (await browser.fetch('/auth/userinfo')).json()) as { session: { id: string } };
    expect(after.session.id).not.toBe(before.session.id);
  });

  it.each([
    ['GHSA-7p99-3798-f85c', ['//evil.example', '///evil.example', '/\\evil.example', 'https:evil.example']],
    [
      'CVE-2022-24858',
      ['https://evil.example', `${ORIGIN}.evil.example`, 'http://app.example.com/', 'data:text/html,x'],
    ],
  ])('%s no login ends elsewhere', async (_id, targets) => {
    const harness = createHarness();
    for (const target of targets)
      expectOurs(await endOfLogin(harness, harness.browser(), `/auth/login?return_to=${encodeURIComponent(target)}`));
  });

  it('CVE-2023-48309 the cookie of a login under way is no session', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await browser.navigate('/');
    const cookies = [...(await browser.cookies()).values()];
    expect(cookies).toHaveLength(1);
    expect(await statusWith(harness, `__Host-postern=${cookies[0]}`)).toBe(401);
    expect(await statusWith(harness, `__Host-postern.0=2~${cookies[0]}; __Host-postern.1=`)).toBe(401);
  });
});
