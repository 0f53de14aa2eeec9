// The OpenID Foundation's relying-party modules for the code flow, by their own names (`oidcc-client-test…`).
// Plans Basic, Config, 3rd-party initiated login, Refresh, and the comprehensive one as far as it is about a code flow.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { beginLogin, callbackFor, comeBack, isSignedIn, logIn, pathOf } from '../flow/steps.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, ISSUER, ORIGIN } from '../support/harness.ts';
import {
  breakSignature,
  expectAccepted,
  expectIdTokenRefused,
  expectLoginRefused,
  rewriteIdToken,
  tell,
} from './hostile.ts';

/** With every sign that form-encoding changes. */
const AWKWARD_SECRET = 'a b+c%sd:e&f=gäh/0123456789';

/** The addresses that ZITADEL is asked at from now on; what is at `from` answers at `to`. */
function watchProvider({ zitadel }: Harness, moved: { from?: string; to?: string } = {}): string[] {
  const asked: string[] = [];
  const { fetch } = zitadel;
  zitadel.fetch = (input, init) => {
    const request = new Request(input, init);
    asked.push(request.url);
    const isMoved = moved.to !== undefined && request.url === moved.to;
    return fetch(isMoved ? new Request(moved.from ?? '', request) : request);
  };
  return asked;
}

describe('oidcc-client-test: Basic', () => {
  it('oidcc-client-test: code once, redirect_uri exact, access token in a header and never in a query', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const authorizeUrl = await beginLogin(browser);
    expect(authorizeUrl.searchParams.get('scope')?.split(' ')).toContain('openid');
    expect(authorizeUrl.searchParams.get('redirect_uri')).toBe(`${ORIGIN}/auth/callback`);
    await comeBack(browser, await callbackFor(harness, authorizeUrl));
    const { calls } = harness.zitadel;
    expect([calls.token, calls.userinfo]).toEqual([1, 1]);
    const call = calls.list.find(({ endpoint }) => endpoint === 'userinfo');
    expect(call?.authorization).toMatch(/^Bearer \S+$/);
    expect(call?.params).toEqual({});
    expect(calls.list.find(({ endpoint }) => endpoint === 'token')?.params['redirect_uri']).toBe(
      `${ORIGIN}/auth/callback`,
    );
  });

  it('-client-secret-basic: id and secret go in the header, form-encoded, and nowhere else (RFC 6749 §2.3.1)', async () => {
    const harness = createHarness({ env: { ZITADEL_CLIENT_SECRET: AWKWARD_SECRET } });
    Object.assign(harness.zitadel.webApplication, {
      authMethod: 'client_secret_basic',
      clientSecret: AWKWARD_SECRET,
    });
    await expectAccepted(harness);
    const call = harness.zitadel.calls.list.find(({ endpoint }) => endpoint === 'token');
    const [id, secret, ...others] = atob(call?.authorization?.replace('Basic ', '') ?? '').split(':');
    expect([id, others]).toEqual([SEED.webClientId, []]);
    expect(secret).not.toContain('%s');
    expect(new URLSearchParams(`secret=${secret}`).get('secret')).toBe(AWKWARD_SECRET);
    expect(call?.params).not.toHaveProperty('client_secret');
  });

  it('-client-secret-basic: a secret that is not the provider’s is the operator’s mistake, and nobody is signed in', async () => {
    const harness = createHarness({ env: { ZITADEL_CLIENT_SECRET: AWKWARD_SECRET } });
    Object.assign(harness.zitadel.webApplication, { authMethod: 'client_secret_basic', clientSecret: 'another' });
    await expectLoginRefused(harness, { status: 503, fault: 'provider_unavailable', reason: /invalid_client/ });
  });

  it('-userinfo-bearer-header: the access token is in a header, not in the body, not in the address', async () => {
    const harness = createHarness();
    let access_token = '';
    harness.zitadel.tamper.tokenResponse = (json) => {
      access_token = json['access_token'];
      return json;
    };
    const asked = watchProvider(harness);
    await expectAccepted(harness);
    const call = harness.zitadel.calls.list.find(({ endpoint }) => endpoint === 'userinfo');
    expect([call?.method, call?.authorization, call?.params]).toEqual(['GET', `Bearer ${access_token}`, {}]);
    expect(asked.length).toBeGreaterThan(3);
    for (const address of asked) expect(address).not.toContain(encodeURIComponent(access_token));
  });

  it('-invalid-iss', () => expectIdTokenRefused({ claims: { iss: `${ISSUER}1` } }, /\biss\b/));
  it('-missing-sub', () => expectIdTokenRefused({ claims: { sub: undefined } }, /\bsub\b/));
  it('-invalid-aud', () => expectIdTokenRefused({ claims: { aud: `${SEED.webClientId}1` } }, /\baud\b/));
  it('-missing-aud', () => expectIdTokenRefused({ claims: { aud: undefined } }, /\baud\b/));
  it('-missing-iat', () => expectIdTokenRefused({ claims: { iat: undefined } }, /\biat\b/));
  it('-nonce-invalid', () => expectIdTokenRefused(({ nonce }) => ({ claims: { nonce: `${nonce}1` } }), /\bnonce\b/));
  it('-idtoken-sig-none is refused, always', () =>
    expectIdTokenRefused({ header: { alg: 'none', kid: undefined } }, /\balg\b/));

  it('-idtoken-sig-rs256', () => expectAccepted(createHarness({ zitadel: { signingAlgorithm: 'RS256' } })));

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('-invalid-sig (%s)', async (signingAlgorithm) => {
    const harness = createHarness({ zitadel: { signingAlgorithm } });
    rewriteIdToken(harness, breakSignature);
    await expectLoginRefused(harness, { reason: /signature/i });
    expect(harness.zitadel.calls.userinfo).toBe(0);
  });

  it('-invalid-sig-hs256: a secret known to both sides is no signature key', () =>
    expectIdTokenRefused(
      { header: { alg: 'HS256' }, key: new TextEncoder().encode(SEED.webClientId.repeat(4)) },
      /alg/,
    ));

  it('-kid-absent-single-jwks is accepted', async () => {
    const harness = createHarness();
    tell(harness, 'idToken', { header: { kid: undefined } });
    harness.zitadel.tamper.jwks = ({ keys }) => ({ keys: keys.slice(0, 1) });
    await expectAccepted(harness);
  });

  it('-kid-absent-multiple-jwks is refused, since nothing says which key is meant', () =>
    expectIdTokenRefused({ header: { kid: undefined } }, /several keys/));

  it('-userinfo-invalid-sub', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.userinfo = (json) => ({ ...json, sub: `${json.sub}invalid` });
    await expectLoginRefused(harness, { reason: /userinfo.*sub/ });
  });

  it('-nonce-unless-code-flow: a nonce is sent in the code flow too', async () => {
    const authorizeUrl = await beginLogin(createHarness().browser());
    expect(authorizeUrl.searchParams.get('nonce')).toMatch(/^[\w-]{43}$/);
  });

  it('-scope-userinfo-claims: profile and email come from userinfo', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser, { user: 'staff' });
    expect(await (await browser.fetch('/auth/userinfo')).json()).toMatchObject({
      name: 'Zoë Kõiv-Straße 王',
      email: 'zoe@acme.example',
    });
  });

  it('-userinfo-signed is refused: nobody has registered this client for it', async () => {
    const harness = createHarness();
    const body = await harness.zitadel.mintAccessToken({ sub: 'user', jwt: true });
    harness.zitadel.faults.set('userinfo', { status: 200, body, headers: { 'content-type': 'application/jwt' } });
    await expectLoginRefused(harness, { reason: /JWT instead of JSON/ });
  });

  it('-aggregated-claims and -distributed-claims: no address that a claim names is ever fetched', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.userinfo = (json) => ({
      ...json,
      _claim_names: { email: 'src1' },
      _claim_sources: { src1: { endpoint: 'http://169.254.169.254/latest', access_token: 'x' } },
    });
    await expectAccepted(harness);
    expect(harness.received).toEqual([]);
  });
});

describe('oidcc-client-test: Config', () => {
  it('-discovery-jwks-uri-keys: the keys are where the metadata says, and nowhere else', async () => {
    const harness = createHarness();
    const jwks_uri = `${ISSUER}/elsewhere/${crypto.randomUUID()}`;
    const usual = `${ISSUER}/oauth/v2/keys`;
    harness.zitadel.tamper.discovery = (json) => ({ ...json, jwks_uri });
    const asked = watchProvider(harness, { from: usual, to: jwks_uri });
    await expectAccepted(harness);
    expect(asked).toContain(jwks_uri);
    expect(asked).not.toContain(usual);
  });

  it('-discovery-openid-config: endpoints are where the metadata says', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.discovery = (json) => ({
      ...json,
      authorization_endpoint: `${ISSUER}/oauth/v2/authorize?v=2`,
    });
    const url = await beginLogin(harness.browser());
    expect(url.searchParams.get('v')).toBe('2');
    expect(url.searchParams.get('client_id')).toBe(SEED.webClientId);
  });

  it('-discovery-issuer-mismatch: stops before the authorization request', async () => {
    const harness = createHarness();
    harness.zitadel.tamper.discovery = (json) => ({ ...json, issuer: `${json.issuer}INVALID` });
    const response = await harness.browser().navigate('/');
    expect(response.status).toBe(503);
    expect(response.headers.get('location')).toBeNull();
  });

  it('-signing-key-rotation: a second login after the keys were replaced', async () => {
    const harness = createHarness();
    await expectAccepted(harness);
    await harness.zitadel.rotateKeys();
    await harness.zitadel.rotateKeys();
    await harness.zitadel.webKeys.delete();
    await expectAccepted(harness);
  });

  it('-signing-key-rotation-just-before-signing: within one login', async () => {
    const harness = createHarness();
    await expectAccepted(harness);
    const browser = harness.browser();
    const callbackUrl = await callbackFor(harness, await beginLogin(browser));
    await harness.zitadel.rotateKeys('ES256');
    expect((await comeBack(browser, callbackUrl)).status).toBe(302);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('oidcc-client-test: the comprehensive plan', () => {
  it('-mtls-endpoint-aliases: they are for clients with certificates, and none of ours goes there', async () => {
    const harness = createHarness();
    const alias = 'https://mtls.zitadel.test/oauth/v2/token';
    harness.zitadel.tamper.discovery = (json) => ({
      ...json,
      mtls_endpoint_aliases: { token_endpoint: alias, userinfo_endpoint: alias },
    });
    await expectAccepted(harness);
    expect(harness.received).toEqual([]);
  });

  it('-form-post-error: no form is asked for, and one that comes all the same ends no login', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const authorizeUrl = await beginLogin(browser);
    expect(authorizeUrl.searchParams.has('response_mode')).toBe(false);
    const callbackUrl = await callbackFor(harness, authorizeUrl);
    for (const body of [callbackUrl.searchParams, new URLSearchParams({ error: 'login_required' })]) {
      const headers = { 'sec-fetch-site': 'cross-site' };
      const answer = await browser.navigate('/auth/callback', { method: 'POST', body, headers });
      expect(answer.status).toBe(405);
    }
    expect(harness.zitadel.calls.token).toBe(0);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('-request-uri: parameters of the request are in the request', async () => {
    const { searchParams } = await beginLogin(createHarness().browser());
    for (const name of ['request', 'request_uri']) expect(searchParams.has(name)).toBe(false);
  });
});

describe('oidcc-client-test: third-party initiated login', () => {
  it('-3rd-party-init-login: an ordinary login that ends at target_link_uri', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const target = encodeURIComponent(`${ORIGIN}/reports?year=2026`);
    const start = await browser.navigate(`/auth/login?iss=${encodeURIComponent(ISSUER)}&target_link_uri=${target}`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    const back = await comeBack(browser, await callbackFor(harness, new URL(locationOf(start))));
    expect(pathOf(back)).toBe('/reports?year=2026');
  });

  it('another iss is refused', async () => {
    const response = await createHarness().browser().navigate('/auth/login?iss=https%3A%2F%2Fevil.example');
    expect(response.status).toBe(400);
  });

  it('a foreign target_link_uri is not gone to', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const start = await browser.navigate('/auth/login?target_link_uri=https%3A%2F%2Fevil.example%2F');
    const back = await comeBack(browser, await callbackFor(harness, new URL(locationOf(start))));
    expect(pathOf(back)).toBe('/');
  });
});
