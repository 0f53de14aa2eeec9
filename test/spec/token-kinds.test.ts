// Tokens of one kind are not taken for another kind, and answers of the token endpoint are judged as they come.
// RFC 8725 §3.11, §3.12; OIDC Core §5.3.2, §12.2; FAPI 2.0 client modules on tokens; promise 9.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { expectNoSession, isSignedIn, lastFault, logIn } from '../flow/steps.ts';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import {
  breakSignature,
  expectAccepted,
  expectIdTokenRefused,
  expectLoginRefused,
  payloadOf,
  rewriteIdToken,
  tell,
} from './hostile.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Refused, or no answer at all for the log's reason; never a fault of the gateway's own. */
async function expectNoLogin(harness: Harness, reason: RegExp): Promise<void> {
  const browser = harness.browser();
  const { status } = await logIn(harness, browser);
  const { fault, reason: said } = lastFault(harness);
  expect([
    [400, 'login_failed'],
    [503, 'provider_unavailable'],
  ]).toContainEqual([status, fault]);
  expect(said).toMatch(reason);
  await expectNoSession(harness, browser);
}

describe('offered as an ID token', () => {
  it('an access token', async () => {
    const harness = createHarness();
    harness.zitadel.webApplication.accessTokenType = 'JWT';
    harness.zitadel.tamper.tokenResponse = (json) => ({ ...json, id_token: json.access_token });
    await expectLoginRefused(harness, { reason: /\bnonce\b.*missing/ });
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
    await expectLoginRefused(harness, { reason: /"id_token" property/ });
  });
  it.each(['', 'a.b.c', '..', '.'.repeat(100_000), 'bm90IGpzb24.bm90IGpzb24.AAAA'])('nonsense %#', async (nonsense) => {
    const harness = createHarness();
    rewriteIdToken(harness, () => nonsense);
    await expectNoLogin(harness, /id_token|JWT/);
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
    await expectLoginRefused(harness, { reason: /token_type/ });
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
    await expectLoginRefused(harness, { reason: new RegExp(`"${Object.keys(change)[0]}"`) });
  });
});

describe('userinfo', () => {
  it.each([{ sub: undefined }, { sub: '' }, { sub: 7 }, { sub: [SEED.users.user] }, { sub: SEED.users.admin }])(
    'OIDC Core §5.3.2: with %j is refused',
    async (change) => {
      const harness = createHarness();
      harness.zitadel.tamper.userinfo = (json) => ({ ...json, ...change });
      await expectLoginRefused(harness, { reason: /userinfo: sub/ });
    },
  );
  it.each([[[]], ['text'], [null]])('that is %j is refused', async (body) => {
    const harness = createHarness();
    harness.zitadel.faults.set('userinfo', {
      status: 200,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    await expectNoLogin(harness, /userinfo/);
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
  async function beforeRenewal(): Promise<{ harness: Harness; browser: TestBrowser }> {
    const harness = createHarness({ zitadel: { lifetimes: { accessToken: 600 } } });
    const browser = harness.browser();
    await logIn(harness, browser);
    await harness.advance(590);
    harness.zitadel.calls.reset();
    return { harness, browser };
  }

  async function expectRenewalRefused(harness: Harness, browser: TestBrowser, reason: RegExp): Promise<void> {
    expect(await isSignedIn(browser)).toBe(false);
    expect([harness.zitadel.calls.token, harness.zitadel.calls.userinfo]).toEqual([1, 0]);
    const said = (name: string) => harness.events.findLast(({ event }) => event === name);
    expect(said('refresh_failed')).toMatchObject({ reason: expect.stringMatching(reason) });
    expect(said('session_ended')).toMatchObject({ reason: 'check_failed' });
  }

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['oidcc-client-test-refresh-token-invalid-issuer', { iss: 'https://evil.example' }, /\biss\b/],
    ['oidcc-client-test-refresh-token-invalid-sub', { sub: SEED.users.admin }, /another subject/],
    ['another audience', { aud: ['somebody-else'] }, /\baud\b/],
    ['another azp', { azp: SEED.apiClientId }, /\bazp\b/],
    ['an iat in the future', { iat: 1_790_099_999 }, /\biat\b/],
    ['an access token instead', { azp: undefined, aud: [SEED.webClientId], jti: 'V2_1-at_2' }, /another kind/],
    ['another access token’s hash', { at_hash: 'RYQOJBnOMKKHk7Ug-f5xRg' }, /\bat_hash\b/],
  ])('%s: the result is dropped, userinfo is not asked with it, the session ends', async (_name, claims, reason) => {
    const { harness, browser } = await beforeRenewal();
    tell(harness, 'idToken', { claims });
    await expectRenewalRefused(harness, browser, reason);
  });

  it('another signature: likewise', async () => {
    const { harness, browser } = await beforeRenewal();
    rewriteIdToken(harness, breakSignature);
    await expectRenewalRefused(harness, browser, /the signature/);
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
