// What no conformance plan checks: whose login it is, which session it makes, and what a link from elsewhere can cause.
// RFC 9700 §2.1, §2.1.1, §4.5, §4.7, §4.8.2 (PKCE downgrade), §4.11; OIDC Core §4. Replay, mix-up and login CSRF: authorization-response.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { beginLogin, callbackFor, comeBack, isSignedIn, lastFault, logIn, pathOf } from '../flow/steps.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { expectAccepted } from './hostile.ts';

const CROSS_SITE = { 'sec-fetch-site': 'cross-site' };
const SESSION = '__Host-postern';

interface Me {
  readonly sub: string;
  readonly session: { readonly id: string };
}

const whoIs = async (browser: TestBrowser) => (await (await browser.fetch('/auth/userinfo')).json()) as Me;

async function plant(cookies: Map<string, string>, browser: TestBrowser): Promise<void> {
  for (const [name, value] of cookies)
    await browser.jar.setCookie(`${name}=${value}; Path=/; Secure; HttpOnly`, `${ORIGIN}/`);
}

const tokenForms = ({ zitadel }: Harness) =>
  zitadel.calls.list.filter(({ grant_type }) => grant_type === 'authorization_code').map(({ params }) => params);

describe('binding', () => {
  it('two tabs: each login ends at its own page, with its own verifier', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const [one, two] = [await beginLogin(browser, '/one'), await beginLogin(browser, '/two')];
    const [backOne, backTwo] = [await callbackFor(harness, one), await callbackFor(harness, two)];
    expect(pathOf(await comeBack(browser, backTwo))).toBe('/two');
    expect(pathOf(await comeBack(browser, backOne))).toBe('/one');
    const verifiers = tokenForms(harness).map(({ code_verifier }) => code_verifier);
    expect(new Set(verifiers).size).toBe(2);
    expect(
      harness.zitadel.calls.list.filter(({ endpoint }) => endpoint === 'token').map(({ status }) => status),
    ).toEqual([200, 200]);
  });

  it('two tabs: the state of one with the code of the other is no login', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const one = await callbackFor(harness, await beginLogin(browser, '/one'));
    const two = await callbackFor(harness, await beginLogin(browser, '/two'), { user: 'admin' });
    one.searchParams.set('code', two.searchParams.get('code') ?? '');
    await comeBack(browser, one);
    expect(tokenForms(harness)).toHaveLength(1);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('the nonce of one login does not serve another', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const foreign = (await beginLogin(harness.browser())).searchParams.get('nonce');
    harness.zitadel.tamper.idToken = (claims, header) => ({ claims: { ...claims, nonce: foreign }, header });
    expect((await logIn(harness, browser)).status).toBe(400);
    expect(lastFault(harness).reason).toMatch(/\bnonce\b/);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('a login that takes longer than an hour is begun anew', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const cookies = await browser.cookies();
    const url = await beginLogin(browser).then((authorizeUrl) => callbackFor(harness, authorizeUrl));
    for (const [name, value] of await browser.cookies()) cookies.set(name, value);
    harness.clock.now += 3601;
    await plant(cookies, browser);
    expect(new URL(locationOf(await comeBack(browser, url))).pathname).toBe('/oauth/v2/authorize');
    expect(harness.zitadel.calls.token).toBe(0);
  });
});

describe('session fixation', () => {
  it('nobody has a session before the login', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await beginLogin(browser);
    expect([...(await browser.cookies()).keys()].filter((name) => !name.startsWith(`${SESSION}-tx-`))).toEqual([]);
    expect([...harness.objects.storages.keys()].filter((name) => name.startsWith('user:'))).toEqual([]);
  });

  it('a session that was planted is not the one that the login makes, and ends with it', async () => {
    const harness = createHarness();
    const attacker = harness.browser();
    await logIn(harness, attacker, { user: 'nobody' });
    const before = await whoIs(attacker);
    const victim = harness.browser();
    await plant(await attacker.cookies(), victim);
    const start = await victim.navigate('/auth/login');
    await comeBack(victim, await callbackFor(harness, new URL(locationOf(start)), { user: 'admin' }));
    const after = await whoIs(victim);
    expect(after.sub).toBe(SEED.users.admin);
    expect(after.session.id).not.toBe(before.session.id);
    await harness.advance(31);
    expect(await isSignedIn(attacker)).toBe(false);
    expect(await isSignedIn(victim)).toBe(true);
  });

  it('a session’s name that somebody invents is none', async () => {
    const harness = createHarness();
    for (const value of ['1', 'a'.repeat(32), JSON.stringify({ sub: SEED.users.admin })]) {
      const headers = { cookie: `${SESSION}=${encodeURIComponent(value)}` };
      expect((await harness.browser().fetch('/auth/userinfo', { headers })).status).toBe(401);
    }
  });
});

describe('PKCE downgrade', () => {
  it.each([[['plain']], [[]], [undefined], ['S256'], [null]])(
    'a provider whose metadata promise %j is sent nobody: without PKCE no code is safe',
    async (code_challenge_methods_supported) => {
      const harness = createHarness();
      harness.zitadel.tamper.discovery = (json) => ({ ...json, code_challenge_methods_supported });
      const response = await harness.browser().navigate('/');
      expect([response.status, response.headers.get('location')]).toEqual([503, null]);
      expect(lastFault(harness).reason).toContain('code_challenge_methods_supported');
    },
  );

  it('no link to the login can choose method, challenge, nonce, state or scope', async () => {
    const harness = createHarness();
    const forged = {
      code_challenge: 'forged',
      code_challenge_method: 'plain',
      nonce: 'forged',
      state: 'forged',
      scope: 'forged',
      redirect_uri: 'https://forged.example',
      response_type: 'token',
      response_mode: 'fragment',
      client_id: 'forged',
    };
    const url = new URL(locationOf(await harness.browser().navigate(`/auth/login?${new URLSearchParams(forged)}`)));
    expect(url.href).not.toMatch(/forged|plain|fragment/);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(url.searchParams.get('response_type')).toBe('code');
  });

  it('every code is redeemed with a verifier, a redirect URI and, where there is one, the client’s secret', async () => {
    const harness = createHarness();
    await expectAccepted(harness);
    expect(tokenForms(harness)).toEqual([
      expect.objectContaining({
        code_verifier: expect.stringMatching(/^[\w.~-]{43,128}$/),
        redirect_uri: `${ORIGIN}/auth/callback`,
      }),
    ]);
  });
});

describe('what a link from elsewhere can cause', () => {
  const FOREIGN = [
    ...['https://evil.example/', '//evil.example', '/\\evil.example', '/.//evil.example', 'javascript:x'],
    // On our own origin as written, but on a foreign one once they are decoded again.
    ...['/%2fevil.example', '/%5cevil.example', '/%252fevil.example', '/.%2f/evil.example'],
    // On our own origin, but they would end the session that has just begun.
    ...['/auth/logout', '/auth/../auth/logout', '/%61uth/logout'],
  ];

  it.each(FOREIGN)('RFC 9700 §4.11.1: no login ends at %s', async (target) => {
    const harness = createHarness();
    for (const name of ['return_to', 'target_link_uri']) {
      const browser = harness.browser();
      const start = await browser.navigate(`/auth/login?${new URLSearchParams({ [name]: target })}`);
      expect(pathOf(await comeBack(browser, await callbackFor(harness, new URL(locationOf(start)))))).toBe('/');
    }
  });

  it.each(FOREIGN)('RFC 9700 §4.11.1: no logout ends at %s', async (return_to) => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    const out = await browser.navigate(`/auth/logout?${new URLSearchParams({ return_to })}`);
    const back = await harness.zitadel.fetch(locationOf(out));
    const end = await browser.navigate(locationOf(back));
    expect([end.status, end.headers.get('location')]).toEqual([200, null]);
    expect(await end.text()).not.toContain('evil.example');
  });

  it('logout CSRF: a GET of another site’s asks first, a POST of another site’s is refused', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    const asked = await browser.navigate('/auth/logout', { headers: CROSS_SITE });
    expect(asked.status).toBe(200);
    const image = { ...CROSS_SITE, 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' };
    await browser.send('/auth/logout', { headers: image });
    const posted = await browser.navigate('/auth/logout', { method: 'POST', headers: CROSS_SITE });
    expect(posted.status).toBe(403);
    expect(lastFault(harness).fault).toBe('cross_site');
    await harness.advance(31);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('login CSRF: a link to the login while somebody is signed in changes nobody', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    const attackers = await callbackFor(harness, await beginLogin(harness.browser()), { user: 'admin' });
    await comeBack(browser, attackers);
    expect((await whoIs(browser)).sub).toBe(SEED.users.user);
    expect(harness.zitadel.calls.token).toBe(1);
  });
});
