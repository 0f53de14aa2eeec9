// OAuth 2.0 Security Best Current Practice (RFC 9700) and OAuth 2.0 for Browser-Based Applications, where they bind a gateway.

import { describe, expect, it } from 'vitest';
import { beginLogin, callbackFor, comeBack, isSignedIn, logIn } from '../flow/steps.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness } from '../support/harness.ts';

const COOKIE = /^__Host-postern(?:\.\d+)?=/;

async function setCookies() {
  const harness = createHarness();
  const browser = harness.browser();
  const start = await browser.navigate('/');
  const back = await comeBack(browser, await callbackFor(harness, new URL(locationOf(start))));
  const out = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
  return { harness, browser, lines: [start, back, out].flatMap(({ headers }) => headers.getSetCookie()) };
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
    expect(headers.get('content-security-policy')).not.toMatch(/https?:(?!\/\/(?:zitadel\.test|app\.example\.com))/);
  });

  it('§4.3.2 no access token in an address', async () => {
    const { harness } = await setCookies();
    for (const { params, endpoint } of harness.zitadel.calls.list) {
      if (endpoint !== 'revocation') expect(params).not.toHaveProperty('access_token');
    }
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

  it('§4.12 a redirect at the token endpoint is not followed: the code and the secret stay here', async () => {
    const harness = createHarness();
    harness.zitadel.faults.set('token', { status: 307, headers: { location: 'https://evil.example/token' } });
    expect((await logIn(harness, harness.browser())).status).toBe(503);
    expect(harness.received).toEqual([]);
  });
});

describe('browser-based applications: cookies', () => {
  it('every cookie is Secure, HttpOnly, SameSite, Path=/, without Domain, and named __Host-', async () => {
    const { lines } = await setCookies();
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split('; ');
      expect(pair).toMatch(/^__Host-postern/);
      expect(attributes).toEqual(expect.arrayContaining(['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']));
      expect(line).not.toMatch(/domain/i);
    }
  });

  it('their contents are encrypted', async () => {
    const { lines } = await setCookies();
    for (const line of lines.filter((set) => !/=;/.test(set))) {
      const [header = '', ...rest] = (/=([^;]+)/.exec(line)?.[1] ?? '').split('.');
      expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
      expect(rest).toHaveLength(4);
    }
  });

  it('CVE-2023-48309: a login’s cookie, or a logout’s, is no session', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await beginLogin(browser);
    const [[, transaction = ''] = []] = await browser.cookies();
    const { lines } = await setCookies();
    const logout = /-logout=([^;]+)/.exec(lines.join('\n'))?.[1] ?? '';
    expect(logout).not.toBe('');
    for (const value of [transaction, logout]) {
      const response = await harness
        .browser()
        .fetch('/auth/userinfo', { headers: { cookie: `__Host-postern=${value}` } });
      expect(response.status).toBe(401);
    }
  });

  it('CVE-2025-46344: a copied cookie ends when its session does', async () => {
    const harness = createHarness({ env: { SESSION_MAX_DURATION: 3600, SESSION_DURATION: 3600 } });
    const browser = harness.browser();
    await logIn(harness, browser);
    const cookie = `__Host-postern=${(await browser.cookies()).get('__Host-postern')}`;
    await harness.advance(3601);
    expect((await harness.browser().fetch('/auth/userinfo', { headers: { cookie } })).status).toBe(401);
  });

  it('no token is in any cookie’s reach of a script, nor in the answer about the session', async () => {
    const { harness, lines } = await setCookies();
    expect(lines.filter((line) => COOKIE.test(line)).every((line) => line.includes('HttpOnly'))).toBe(true);
    const browser = harness.browser();
    await logIn(harness, browser);
    const body = await (await browser.fetch('/auth/userinfo')).text();
    expect(body).not.toMatch(/eyJ|token/i);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
