// OAuth 2.0 Security Best Current Practice (RFC 9700), where it binds a gateway. Its callback: authorization-response; its links: no-plan.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { GATEWAY_SECRET } from '../flow/asking.ts';
import { beginLogin, callbackFor, comeBack, isSignedIn, lastFault, logIn } from '../flow/steps.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { createConfidentialHarness, setCookies } from './confidential.ts';

/** What ZITADEL hands out from now on. */
function issuedBy({ zitadel }: Harness) {
  const issued = { accessTokens: [] as string[], refreshTokens: [] as string[], idTokens: [] as string[] };
  zitadel.tamper.tokenResponse = (json) => {
    issued.accessTokens.push(json['access_token']);
    issued.refreshTokens.push(json['refresh_token']);
    issued.idTokens.push(json['id_token']);
    return json;
  };
  return issued;
}

/** Where ZITADEL is asked from now on. */
function watchAddresses({ zitadel }: Harness): string[] {
  const addresses: string[] = [];
  const { fetch } = zitadel;
  zitadel.fetch = (input, init) => {
    const request = new Request(input, init);
    addresses.push(request.url);
    return fetch(request);
  };
  return addresses;
}

describe('RFC 9700', () => {
  it('§2.1.1 the challenge, the nonce and the state belong to one transaction', async () => {
    const browser = createHarness().browser();
    const [one, two] = [await beginLogin(browser), await beginLogin(browser)];
    for (const name of ['code_challenge', 'nonce', 'state']) {
      expect(one.searchParams.get(name)).not.toBe(two.searchParams.get(name));
    }
  });

  it('§2.1.1 S256, so that the verifier is not in the request', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await beginLogin(browser);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    await comeBack(browser, await callbackFor(harness, url));
    const verifier =
      harness.zitadel.calls.list.find(({ endpoint }) => endpoint === 'token')?.params['code_verifier'] ?? '';
    expect(verifier).toMatch(/^[\w.~-]{43,128}$/);
    expect(url.href).not.toContain(verifier);
  });

  it('§2.1.2 no implicit grant', async () => {
    const url = await beginLogin(createHarness().browser());
    expect(url.searchParams.get('response_type')).toBe('code');
  });

  it('§4.2.4 no Referer leaves with the code, and no page after it loads anything from elsewhere', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser), { cancel: true });
    const { headers } = await comeBack(browser, url);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toMatch(/https?:(?!\/\/(?:zitadel\.test|app\.example\.com))/);
  });

  it('§4.3.2 no token in an address, neither on the way to ZITADEL nor to the application nor to the browser', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/*', forward_access_token: true }] } });
    const { accessTokens, refreshTokens } = issuedBy(harness);
    const addresses = watchAddresses(harness);
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/page');
    await harness.advance(301);
    await browser.fetch('/page');
    const out = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    addresses.push(locationOf(out), ...harness.received.map(({ url }) => url));
    expect(harness.received.at(-1)?.headers.get('authorization')).toBe(`Bearer ${accessTokens.at(-1)}`);
    expect(addresses.length).toBeGreaterThan(6);
    for (const token of [...accessTokens, ...refreshTokens])
      for (const address of addresses) expect(address).not.toContain(encodeURIComponent(token));
  });

  it('§4.5.3.2 no token is used before the nonce is checked', async () => {
    const harness = createHarness();
    const { accessTokens, refreshTokens } = issuedBy(harness);
    harness.zitadel.tamper.idToken = (claims, header) => ({ claims: { ...claims, nonce: 'another' }, header });
    await logIn(harness, harness.browser());
    await harness.settle();
    expect(lastFault(harness).reason).toMatch(/\bnonce\b/);
    expect(accessTokens).toHaveLength(1);
    const asked = JSON.stringify(harness.zitadel.calls.list);
    for (const token of [...accessTokens, ...refreshTokens]) expect(asked).not.toContain(token);
  });

  it('§4.7.1 the state carries nothing: it is random, and what belongs to it is sealed in the browser', async () => {
    const browser = createHarness().browser();
    const state = (await beginLogin(browser, '/secret-page')).searchParams.get('state') ?? '';
    expect(state.length).toBeGreaterThanOrEqual(43);
    for (const text of [state, ...(await browser.cookies()).values()]) {
      for (const part of text.split('.')) {
        expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain('secret-page');
      }
    }
  });

  it('§4.9.3 no code, token, verifier, state or cookie is in the log', async () => {
    const { harness, lines } = await setCookies();
    const log = JSON.stringify(harness.events);
    const secrets = harness.zitadel.calls.list.flatMap(({ params, authorization = '' }) => [
      ...['code', 'code_verifier', 'refresh_token', 'token', 'state', 'nonce'].map((name) => params[name]),
      authorization.replace(/^Bearer /, ''),
    ]);
    const values = [...secrets, ...lines.map((line) => /=([^;]+)/.exec(line)?.[1])].filter(
      (value) => (value ?? '').length > 15,
    );
    expect(values.length).toBeGreaterThan(8);
    for (const value of values) expect(log).not.toContain(value);
  });

  it('§4.9.3 no token is kept in clear: not in KV, not in an object, not in a cookie', async () => {
    const harness = createHarness({ zitadel: { lifetimes: { accessToken: 600 } } });
    const { accessTokens, refreshTokens, idTokens } = issuedBy(harness);
    const browser = harness.browser();
    await logIn(harness, browser);
    await harness.advance(590);
    expect(await isSignedIn(browser)).toBe(true);
    // Also while KV takes nothing, and the object has to keep them.
    harness.kv.faults.failWrites = true;
    await harness.advance(590);
    expect(await isSignedIn(browser)).toBe(true);
    const kept = JSON.stringify([
      [...harness.kv.entries],
      [...harness.objects.storages].map(([name, { entries }]) => [name, [...entries]]),
      [...(await browser.cookies())],
    ]);
    expect([accessTokens.length, harness.kv.entries.size > 0, kept.length > 1_000]).toEqual([3, true, true]);
    for (const token of [...accessTokens, ...refreshTokens, ...idTokens]) expect(kept).not.toContain(token);
  });

  it('§2.2.2, §4.14 a refresh token is used once, with the client’s own credentials, and never again', async () => {
    const harness = createConfidentialHarness({ zitadel: { lifetimes: { accessToken: 600 } } });
    const { refreshTokens } = issuedBy(harness);
    const browser = harness.browser();
    await logIn(harness, browser);
    for (let round = 0; round < 3; round++) {
      await harness.advance(590);
      expect(await isSignedIn(browser)).toBe(true);
    }
    const refreshes = harness.zitadel.calls.list.filter(({ grant_type }) => grant_type === 'refresh_token');
    expect(refreshes.map(({ params }) => params['refresh_token'])).toEqual(refreshTokens.slice(0, 3));
    for (const { authorization } of refreshes) expect(authorization).toMatch(/^Basic /);
  });

  it('§2.3 a token for somebody else is refused, and what a rule asks for is asked on every request', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/admin/*', roles: ['admin'] }] } });
    const ask = async (token: string, path: string) =>
      (await harness.app.request(`${ORIGIN}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
    const mint = (options: object) => harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true, ...options });
    expect(await ask(await mint({ aud: ['249703000000009999'] }), '/page')).toBe(401);
    const token = await mint({});
    for (const [path, status] of [
      ['/page', 200],
      ['/admin/x', 403],
      ['/page', 200],
      ['/admin/x', 403],
    ] as const)
      expect(await ask(token, path)).toBe(status);
  });

  it('§4.13 headers that say who somebody is are the gateway’s alone, whoever asks', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/public/*', access: 'public' }] } });
    const names = ['x-forwarded-user', 'x-forwarded-email', 'x-forwarded-roles', 'x-forwarded-groups', 'remote-user'];
    const forged = Object.fromEntries(
      [...names, 'x_forwarded_user', 'x-identity-assertion'].map((name) => [name, 'forged']),
    );
    await harness.app.request(`${ORIGIN}/public/x`, { headers: forged });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/page');
    await browser.fetch('/page', { headers: { ...forged, connection: 'x-forwarded-user, x-forwarded-roles' } });
    expect(harness.received).toHaveLength(3);
    for (const { headers } of harness.received) expect(JSON.stringify([...headers])).not.toContain('forged');
    expect(harness.received[0]?.headers.get('x-forwarded-user')).toBeNull();
    expect(harness.received.at(-1)?.headers.get('x-forwarded-user')).toBe(SEED.users.user);
    expect(harness.received.at(-1)?.headers.has('x-forwarded-roles')).toBe(true);
  });

  it('§4.13 the application can tell who came through the gateway: a secret that no visitor can bring', async () => {
    const harness = createHarness({ env: { UPSTREAM_SECRET: GATEWAY_SECRET } });
    const browser = harness.browser();
    await harness.signIn(browser, 'user', '/page');
    const answer = await browser.fetch('/page', {
      headers: { 'x-gateway-secret': 'forged', x_gateway_secret: 'forged' },
    });
    expect(harness.received.at(-1)?.headers.get('x-gateway-secret')).toBe(GATEWAY_SECRET);
    expect(JSON.stringify([...(harness.received.at(-1)?.headers ?? [])])).not.toContain('forged');
    expect(JSON.stringify([...answer.headers])).not.toContain(GATEWAY_SECRET);
  });

  it('§4.12 after a POST the browser is sent on with 303, never 307', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    const response = await browser.navigate('/auth/logout', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(response.status).toBe(303);
  });

  it('§4.12 a redirect of ZITADEL’s is not followed: the code and the secret stay here', async () => {
    const harness = createHarness();
    const modes: [string, string][] = [];
    const { fetch } = harness.zitadel;
    harness.zitadel.fetch = (input, init) => {
      const request = new Request(input, init);
      modes.push([new URL(request.url).pathname, request.redirect]);
      return fetch(request);
    };
    const browser = harness.browser();
    await logIn(harness, browser);
    await harness.advance(301);
    await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(new Set(modes.map(([, mode]) => mode))).toEqual(new Set(['manual']));
    expect(new Set(modes.map(([path]) => path)).size).toBeGreaterThan(3);
    harness.zitadel.faults.set('token', { status: 307, headers: { location: 'https://evil.example/token' } });
    expect((await logIn(harness, harness.browser())).status).toBe(503);
    expect(harness.received).toEqual([]);
  });
});
