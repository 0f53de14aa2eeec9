// OAuth 2.0 for Browser-Based Applications, the part on a backend for the frontend, which the gateway is.

import { describe, expect, it } from 'vitest';
import { beginLogin, isSignedIn, lastFault, logIn } from '../flow/steps.ts';
import { createHarness, ORIGIN, UPSTREAM } from '../support/harness.ts';
import { createConfidentialHarness, setCookies } from './confidential.ts';

const COOKIE = /^__Host-postern(?:\.\d+)?=/;

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

describe('browser-based applications: the gateway as the client', () => {
  it('a confidential client proves itself at the token endpoint and at the revocation endpoint', async () => {
    const harness = createConfidentialHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    await harness.settle();
    const calls = harness.zitadel.calls.list.filter(({ endpoint }) => ['token', 'revocation'].includes(endpoint));
    expect(calls.map(({ endpoint, status }) => [endpoint, status])).toEqual([
      ['token', 200],
      ['revocation', 200],
    ]);
    for (const { authorization } of calls) expect(authorization).toMatch(/^Basic /);
  });

  it('CSRF: what changes something at the gateway is no GET, and no POST of another site’s', async () => {
    const harness = createHarness();
    const [browser, other] = [harness.browser(), harness.browser()];
    await logIn(harness, browser);
    await logIn(harness, other);
    const { session } = (await (await other.fetch('/auth/userinfo')).json()) as { session: { id: string } };
    const body = new URLSearchParams({ session: session.id });
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site };
      const posted = await browser.navigate('/auth/profile', { method: 'POST', body, headers });
      expect([posted.status, lastFault(harness).fault]).toEqual([403, 'cross_site']);
      expect((await browser.navigate('/auth/logout', { method: 'POST', headers })).status).toBe(403);
    }
    await browser.navigate(`/auth/profile?${body}`);
    await harness.advance(31);
    expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, true]);
    const own = { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin' } };
    expect((await browser.navigate('/auth/profile', own)).status).toBe(303);
    await harness.advance(31);
    expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, false]);
  });

  it('CSRF: a form of another site’s is not kept over the login', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const body = new URLSearchParams({ amount: '1000' });
    const start = await browser.navigate('/transfer', {
      method: 'POST',
      body,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(start.status).not.toBe(200);
    await logIn(harness, browser);
    expect(harness.received).toEqual([]);
    expect(
      [...harness.objects.storages.keys()].filter((name) => !name.startsWith('user:') && !name.startsWith('sid:')),
    ).toEqual([]);
  });

  it('no answer of the gateway’s lets another origin read it', async () => {
    const { harness, browser } = await setCookies();
    await logIn(harness, browser);
    for (const path of ['/auth/userinfo', '/auth/profile', '/page', '/auth/login', '/auth/jwks']) {
      const { headers } = await browser.fetch(path, { headers: { origin: 'https://evil.example' } });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('requests go to the configured upstream and nowhere else, whatever host or path is named', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/public/*', access: 'public', strip_prefix: true }] } });
    const targets = [
      '//evil.example/',
      '/@evil.example/',
      '/\\evil.example/',
      '/https://evil.example/',
      '/.evil.example',
      '/:8080/',
    ];
    for (const target of targets)
      await harness.app.request(`${ORIGIN}/public${target}`, {
        headers: {
          'x-forwarded-host': 'evil.example',
          'x-original-url': 'https://evil.example/',
          host: 'evil.example',
        },
      });
    expect(harness.received.length).toBe(targets.length);
    for (const { url } of harness.received) expect(new URL(url).origin).toBe(UPSTREAM);
    for (const host of ['evil.example', 'app.example.com.evil.example', 'app.example.com:444'])
      expect((await harness.app.request(`https://${host}/public/x`)).status).toBe(421);
    expect(harness.received.length).toBe(targets.length);
  });

  it('a refresh token found dead ends the session', async () => {
    const harness = createHarness({ zitadel: { lifetimes: { accessToken: 600 } } });
    const browser = harness.browser();
    await logIn(harness, browser);
    await harness.advance(590);
    harness.zitadel.faults.set('token', { status: 400, body: { error: 'invalid_grant' } });
    expect(await isSignedIn(browser)).toBe(false);
    harness.zitadel.faults.clear();
    await harness.advance(301);
    expect(await isSignedIn(browser)).toBe(false);
    expect(harness.events.filter(({ event }) => event === 'session_ended')).toHaveLength(1);
  });

  it('a session’s cookie lasts no longer than its session', async () => {
    const harness = createHarness({ env: { SESSION_MAX_DURATION: 7200, SESSION_DURATION: 3600 } });
    const browser = harness.browser();
    const lines = (await logIn(harness, browser)).headers.getSetCookie().filter((line) => COOKIE.test(line));
    expect(lines).toHaveLength(1);
    const maxAge = Number(/max-age=(\d+)/i.exec(lines[0] ?? '')?.[1]);
    expect(maxAge).toBeGreaterThan(0);
    expect(maxAge).toBeLessThanOrEqual(7200);
    expect(lines[0]).not.toMatch(/expires=/i);
  });
});
