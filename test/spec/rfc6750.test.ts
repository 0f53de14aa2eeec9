// RFC 6750, Bearer Token Usage, requirement by requirement, where it binds a resource server: the gateway is the application's.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { call, callWith, createApi, expectChallenge } from './bearer.ts';

const mint = (harness: ReturnType<typeof createApi>, options: object = {}) =>
  harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true, ...options });

describe('§2 how a token is brought', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('§2.1 in the Authorization header, as %s', async (scheme) => {
    const harness = createApi();
    expect((await call(harness, `${scheme} ${await mint(harness)}`)).status).toBe(200);
    expect(harness.received.at(-1)?.headers.get('x-forwarded-user')).toBe(SEED.users.user);
  });

  it('§2.2 not in a form, which is the application’s', async () => {
    const harness = createApi();
    const body = new URLSearchParams({ access_token: await mint(harness) });
    const response = await call(harness, undefined, '/page', { method: 'POST', body });
    await expectChallenge(harness, response, 401, undefined);
  });

  it('§2.3 not in an address', async () => {
    const harness = createApi();
    const response = await call(harness, undefined, `/page?access_token=${await mint(harness)}`);
    await expectChallenge(harness, response, 401, undefined);
  });

  it('§2 not more than one', async () => {
    const harness = createApi();
    const token = await mint(harness);
    for (const header of [`Bearer ${token}, Bearer ${token}`, `Bearer ${token} ${token}`])
      await expectChallenge(harness, await call(harness, header), 400, 'invalid_request');
  });
});

describe('§3 what is answered', () => {
  it('§3 WWW-Authenticate names scheme and realm, and §3.1 no error where nothing was brought', async () => {
    const harness = createApi();
    await expectChallenge(harness, await call(harness, undefined), 401, undefined);
  });

  it('§3.1 invalid_request is 400', async () => {
    const harness = createApi();
    for (const header of ['Bearer', 'Bearer ', 'Bearer\t', 'Bearer a b'])
      await expectChallenge(harness, await call(harness, header), 400, 'invalid_request');
  });

  it.each<[string, object]>([
    ['expired', { claims: { exp: 1_789_999_000, iat: 1_789_990_000 } }],
    ['of another issuer', { issuer: 'https://evil.example' }],
    ['for another audience', { aud: ['249703000000009999'] }],
    ['for no audience', { aud: [] }],
  ])('§3.1 invalid_token is 401: %s', async (_name, options) => {
    const harness = createApi();
    await expectChallenge(harness, await callWith(harness, await mint(harness, options)), 401, 'invalid_token');
  });

  it('§3.1 invalid_token is 401: revoked, once it is asked about again', async () => {
    const harness = createApi();
    const token = await mint(harness, { jwt: false });
    expect((await callWith(harness, token)).status).toBe(200);
    harness.zitadel.terminateUserSessions('user');
    harness.zitadel.tamper.introspection = () => ({ active: false });
    harness.clock.now += 61;
    harness.received.length = 0;
    await expectChallenge(harness, await callWith(harness, token), 401, 'invalid_token');
  });

  it('§3.1 insufficient_scope is 403, each time anew', async () => {
    const harness = createApi();
    const token = await mint(harness);
    await expectChallenge(harness, await callWith(harness, token, '/admin/x'), 403, 'insufficient_scope');
    expect((await callWith(harness, token)).status).toBe(200);
    harness.received.length = 0;
    await expectChallenge(harness, await callWith(harness, token, '/admin/x'), 403, 'insufficient_scope');
  });

  it('§3 a token that is present is judged, never skipped in favour of a cookie', async () => {
    const harness = createApi();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.received.length = 0;
    const headers = { authorization: 'Bearer not-a-token' };
    await expectChallenge(harness, await browser.fetch('/page', { headers }), 401, 'invalid_token');
  });
});

describe('§5 what becomes of it', () => {
  it('§5.3 it goes no further than to whom it was brought, unless the rule says so', async () => {
    const harness = createApi({
      ROUTES: [
        { path: '/api/*', forward_access_token: true },
        { path: '/*', access: 'authenticated' },
      ],
    });
    const token = await mint(harness);
    await callWith(harness, token);
    expect(JSON.stringify([...(harness.received.at(-1)?.headers ?? [])])).not.toContain(token);
    await callWith(harness, token, '/api/x');
    expect(harness.received.at(-1)?.headers.get('authorization')).toBe(`Bearer ${token}`);
  });

  it('§5.3 it makes no cookie, §2.3 and the answer is for no shared cache', async () => {
    const harness = createApi();
    const { headers } = await callWith(harness, await mint(harness));
    expect(headers.getSetCookie()).toEqual([]);
    expect(headers.get('cache-control')).toMatch(/private|no-store/);
  });

  it('§5.3 it is in no log', async () => {
    const harness = createApi();
    for (const token of [await mint(harness), await mint(harness, { jwt: false }), `${await mint(harness)}x`]) {
      await callWith(harness, token);
      expect(JSON.stringify(harness.events)).not.toContain(token.slice(-40));
    }
    expect(harness.events.filter(({ event }) => event === 'request')).toHaveLength(3);
  });
});
