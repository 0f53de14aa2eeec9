// Flaws that mod_auth_openidc has had, each against a gateway in its default configuration.

import { describe, expect, it } from 'vitest';
import { fitsCookies, joinChunks, sealedCookies } from '../../src/session/sealed-cookie.ts';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { asStranger, endOfLogin, expectOurs, lastReceived, statusWith } from './bed.ts';

const bearer = async (harness: Harness, token: string, target = '/page') =>
  (await asStranger(harness, target, { headers: { authorization: `Bearer ${token}` } })).status;

describe('flaws of mod_auth_openidc', () => {
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
    // With the budget used up no keys are fetched. The token may be good, so it is not refused: 503.
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
