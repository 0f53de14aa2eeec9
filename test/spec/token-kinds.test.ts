// Tokens of one kind are not taken for another kind, and answers of the token endpoint are judged as they come.
// RFC 8725 §3.11, §3.12; OIDC Core §5.3.2, §12.2; FAPI 2.0 client modules on tokens; design promise 9.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../demo/zitadel/seed.ts';
import { isSignedIn, lastFault, logIn } from '../flow/steps.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import {
  expectAccepted,
  expectIdTokenRefused,
  expectLoginRefused,
  payloadOf,
  rewriteIdToken,
  tell,
} from './hostile.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe('offered as an ID token', () => {
  it('an access token', async () => {
    const harness = createHarness();
    harness.zitadel.webApplication.accessTokenType = 'JWT';
    harness.zitadel.tamper.tokenResponse = (json) => ({ ...json, id_token: json.access_token });
    await expectLoginRefused(harness);
  });
  it('an access token that even has the nonce and one audience', async () => {
    const harness = createHarness();
    tell(harness, 'idToken', ({ nonce }) => ({
      claims: { azp: undefined, aud: [SEED.webClientId], nonce, jti: 'V2_1-at_2' },
    }));
    await expectLoginRefused(harness, { reason: /another kind/ });
  });
  it('an access token by its type', () => expectIdTokenRefused({ header: { typ: 'at+jwt' } }, /another kind/));
  it('a logout token', () => expectIdTokenRefused({ claims: { events: { [EVENT]: {} } } }, /another kind/));
  it('a logout token by its type', () => expectIdTokenRefused({ header: { typ: 'logout+jwt' } }, /another kind/));
  it('nothing at all', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.tokenResponse = ({ id_token: _, ...json }) => json;
    await expectLoginRefused(harness);
  });
  it.each(['', 'a.b.c', '..', '.'.repeat(100_000), 'bm90IGpzb24.bm90IGpzb24.AAAA'])('nonsense %#', async (nonsense) => {
    const harness = createHarness();
    rewriteIdToken(harness, () => nonsense);
    const browser = harness.browser();
    expect((await logIn(harness, browser)).status).toBeGreaterThanOrEqual(400);
    expect(lastFault(harness).fault).not.toBe('internal');
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('the token response', () => {
  it('fapi2 token-type-case-insensitivity: bEARER', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.tokenResponse = (json) => ({ ...json, token_type: 'bEARER' });
    await expectAccepted(harness);
  });
  it.each(['DPoP', 'mac', '', undefined, 7])('token_type %s is refused', async (token_type) => {
    const harness = createHarness();
    harness.zitadel.tamper.tokenResponse = (json) => ({ ...json, token_type });
    await expectLoginRefused(harness);
  });
  it('fapi2 token-endpoint-response-without-expires_in is accepted', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.tokenResponse = ({ expires_in: _, ...json }) => json;
    await expectAccepted(harness);
  });
  it.each([
    { expires_in: -5 },
    { expires_in: 'soon' },
    { access_token: '' },
    { access_token: 7 },
    { refresh_token: {} },
  ])('with %j is refused', async (change) => {
    const harness = createHarness();
    harness.zitadel.tamper.tokenResponse = (json) => ({ ...json, ...change });
    await expectLoginRefused(harness);
  });
});

describe('userinfo', () => {
  it.each([{ sub: undefined }, { sub: '' }, { sub: 7 }, { sub: [SEED.users.user] }, { sub: SEED.users.admin }])(
    'OIDC Core §5.3.2: with %j is refused',
    async (change) => {
      const harness = createHarness();
      harness.zitadel.tamper.userinfo = (json) => ({ ...json, ...change });
      await expectLoginRefused(harness);
    },
  );
  it.each([[[]], ['text'], [null]])('that is %j is refused', async (body) => {
    const harness = createHarness();
    harness.zitadel.faults.set('userinfo', {
      status: 200,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    const browser = harness.browser();
    expect((await logIn(harness, browser)).status).toBeGreaterThanOrEqual(400);
    expect(lastFault(harness).fault).not.toBe('internal');
    expect(await isSignedIn(browser)).toBe(false);
  });
  it('claims that look like roles but are none give no role', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.userinfo = (json) => ({
      ...json,
      'urn:zitadel:iam:org:project:roles': ['admin'],
      [`urn:zitadel:iam:org:project:${SEED.projectId}:roles`]: ['admin'],
      roles: ['admin'],
      scope: 'urn:zitadel:iam:org:project:role:admin',
    });
    const browser = harness.browser();
    await logIn(harness, browser);
    expect(await (await browser.fetch('/auth/userinfo')).json()).toMatchObject({ roles: [] });
  });
});

describe('a refreshed ID token (OIDC Core §12.2)', () => {
  /** Signed in, and so late that the next question for claims renews the tokens first. */
  async function beforeRenewal(): Promise<{ harness: Harness; browser: ReturnType<Harness['browser']> }> {
    const harness = createHarness({ zitadel: { lifetimes: { accessToken: 600 } } });
    const browser = harness.browser();
    await logIn(harness, browser);
    await harness.advance(590);
    harness.zitadel.calls.reset();
    return { harness, browser };
  }

  it.each<[string, Record<string, unknown>]>([
    ['oidcc-client-test-refresh-token-invalid-issuer', { iss: 'https://evil.example' }],
    ['oidcc-client-test-refresh-token-invalid-sub', { sub: SEED.users.admin }],
    ['another audience', { aud: ['somebody-else'] }],
    ['another azp', { azp: SEED.apiClientId }],
    ['an iat in the future', { iat: 1_790_099_999 }],
    ['an access token instead', { azp: undefined, aud: [SEED.webClientId] }],
  ])('%s: the result is dropped, userinfo is not asked with it, the session ends', async (_name, claims) => {
    const { harness, browser } = await beforeRenewal();
    tell(harness, 'idToken', { claims });
    expect(await isSignedIn(browser)).toBe(false);
    expect([harness.zitadel.calls.token, harness.zitadel.calls.userinfo]).toEqual([1, 0]);
  });

  it('oidcc-client-test-refresh-token, fapi2 refresh-token-test: twice, each time with the newest token', async () => {
    const { harness, browser } = await beforeRenewal();
    expect(await isSignedIn(browser)).toBe(true);
    await harness.advance(590);
    expect(await isSignedIn(browser)).toBe(true);
    const refreshes = harness.zitadel.calls.list.filter(({ grant_type }) => grant_type === 'refresh_token');
    expect(refreshes.map(({ status }) => status)).toEqual([200, 200]);
    expect(new Set(refreshes.map(({ params }) => params['refresh_token'])).size).toBe(2);
  });

  it('is the one that comes with the renewed tokens', async () => {
    const { harness, browser } = await beforeRenewal();
    let renewed = '';
    rewriteIdToken(harness, (idToken) => {
      renewed = idToken;
      return idToken;
    });
    expect(await isSignedIn(browser)).toBe(true);
    expect(JSON.parse(payloadOf(renewed))).toMatchObject({ sub: SEED.users.user });
  });
});
