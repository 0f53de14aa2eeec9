// Signing out: who may cause it, what ends, what ZITADEL is told, and what happens when it does not answer. ARCHITECTURE §2.

import { describe, expect, it } from 'vitest';
import type { TestBrowser } from '../support/browser.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, ISSUER, ORIGIN } from '../support/harness.ts';
import { expectOwnHeaders, isSignedIn, lastFault, logIn, signedIn } from './steps.ts';

const SITE = (site: string) => ({ 'sec-fetch-site': site });
const OWN = { headers: SITE('same-origin') };

/** Without any header that a current browser sends. */
async function oldBrowser(browser: TestBrowser, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return browser.send(path, { method, headers: { accept: 'text/html', ...headers } });
}

describe('a GET', () => {
  it.each(['same-origin', 'none'])('with Sec-Fetch-Site: %s signs out', async (site) => {
    const { browser } = await signedIn();
    const response = await browser.navigate('/auth/logout', { headers: SITE(site) });
    expect(response.status).toBe(303);
    expect(locationOf(response)).toMatch(`${ISSUER}/oidc/v1/end_session?`);
    expectOwnHeaders(response);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it.each(['cross-site', 'same-site', 'made-up', ''])('with Sec-Fetch-Site: %j asks first', async (site) => {
    const { browser } = await signedIn();
    const response = await browser.navigate('/auth/logout', { headers: SITE(site) });
    expect(response.status).toBe(200);
    expectOwnHeaders(response);
    expect(await response.text()).toContain('<form method="post" action="/auth/logout">');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('without the header, from our own page, signs out', async () => {
    const { browser } = await signedIn();
    const response = await oldBrowser(browser, '/auth/logout', { referer: `${ORIGIN}/page` });
    expect(response.status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it.each([undefined, 'https://evil.example/', `${ORIGIN}.evil.example/`, 'nonsense'])(
    'without the header, with Referer %s, asks first',
    async (referer) => {
      const { browser } = await signedIn();
      const response = await oldBrowser(browser, '/auth/logout', referer === undefined ? {} : { referer });
      expect(response.status).toBe(200);
      expect(await isSignedIn(browser)).toBe(true);
    },
  );

  it.each(['image', 'script', 'style', 'font'])(
    'for a %s of our own page (a guest book’s) asks first',
    async (dest) => {
      const { browser } = await signedIn();
      const headers = { ...SITE('same-origin'), 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': dest };
      await browser.send('/auth/logout', { headers });
      expect(await isSignedIn(browser)).toBe(true);
    },
  );

  it.each([{ 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }])(
    'ahead of time (%j) ends nothing',
    async (headers) => {
      const { browser } = await signedIn();
      const response = await browser.navigate('/auth/logout', { headers });
      expect(response.status).toBe(400);
      expect(await isSignedIn(browser)).toBe(true);
    },
  );

  it('HEAD ends nothing', async () => {
    const { browser } = await signedIn();
    expect((await browser.navigate('/auth/logout', { method: 'HEAD' })).status).toBe(405);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a POST', () => {
  const post = (browser: TestBrowser, headers: Record<string, string>, body = new URLSearchParams()) =>
    browser.navigate('/auth/logout', { method: 'POST', body, headers });

  it('of our own signs out', async () => {
    const { browser } = await signedIn();
    expect((await post(browser, SITE('same-origin'))).status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it.each(['cross-site', 'same-site'])('from %s is refused', async (site) => {
    const { harness, browser } = await signedIn();
    expect((await post(browser, SITE(site))).status).toBe(403);
    expect(lastFault(harness).fault).toBe('cross_site');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('with a foreign Origin from an old browser is refused', async () => {
    const { browser } = await signedIn();
    expect((await oldBrowser(browser, '/auth/logout', { origin: 'https://evil.example' }, 'POST')).status).toBe(403);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('of the confirmation page is taken, even where the browser says Origin: null', async () => {
    const { browser } = await signedIn();
    const page = await (await browser.navigate('/auth/logout?return_to=/bye', { headers: SITE('cross-site') })).text();
    const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const form = new URLSearchParams(fields.map(([, name = '', value = '']): [string, string] => [name, value]));
    expect(form.get('return_to')).toBe('/bye');
    const response = await browser.send('/auth/logout', {
      method: 'POST',
      body: form,
      headers: { origin: 'null', accept: 'text/html' },
    });
    expect(response.status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('with the confirmation of another visitor is refused', async () => {
    const { harness, browser } = await signedIn();
    const attacker = harness.browser();
    await logIn(harness, attacker, { user: 'staff' });
    const page = await (await attacker.navigate('/auth/logout', { headers: SITE('cross-site') })).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const refused = await post(
      browser,
      { ...SITE('cross-site'), origin: 'https://evil.example' },
      new URLSearchParams({ csrf }),
    );
    expect(refused.status).toBe(403);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('with a body larger than any form of ours is not read', async () => {
    const { browser } = await signedIn();
    const body = new URLSearchParams({ csrf: 'x'.repeat(100_000) });
    expect((await post(browser, SITE('cross-site'), body)).status).toBe(403);
  });
});

describe('what ends', () => {
  it('the refresh token is revoked, the cookie goes, a copy of it is worth nothing', async () => {
    const { harness, browser } = await signedIn();
    const cookie = (await browser.cookies()).get('__Host-postern') ?? '';
    const response = await browser.navigate('/auth/logout', OWN);
    expect(response.headers.getSetCookie().find((line) => line.startsWith('__Host-postern='))).toMatch(/Max-Age=0/);
    const [revocation] = harness.zitadel.calls.list.filter(({ endpoint }) => endpoint === 'revocation');
    expect(revocation?.params['token_type_hint']).toBe('refresh_token');
    const copy = await harness.browser().fetch('/auth/userinfo', { headers: { cookie: `__Host-postern=${cookie}` } });
    expect(copy.status).toBe(401);
  });

  it('without a session there is nothing to say to ZITADEL', async () => {
    const harness = createHarness();
    const response = await harness.browser().navigate('/auth/logout', OWN);
    expect(response.status).toBe(200);
    expect(harness.zitadel.calls.revocation).toBe(0);
  });
});

describe('ZITADEL not answering', () => {
  it.each(['hang', 'reset', { status: 503 }] as const)(
    '(%j): the signed-out page, soon, and the session is over here',
    async (fault) => {
      const { harness, browser } = await signedIn({ providerDeadline: 500 });
      harness.zitadel.faults.set('revocation', fault);
      const response = await browser.navigate('/auth/logout', OWN);
      expect(response.status).toBe(200);
      expect(response.headers.get('location')).toBeNull();
      expectOwnHeaders(response);
      expect(await isSignedIn(browser)).toBe(false);
    },
  );
});
