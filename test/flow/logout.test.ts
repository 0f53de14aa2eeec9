// Signing out: who may cause it, what ends, what ZITADEL is told, and what happens when it does not answer. Design §2.

import { describe, expect, it } from 'vitest';
import type { TestBrowser } from '../support/browser.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions, ISSUER, ORIGIN } from '../support/harness.ts';
import { expectOwnHeaders, isSignedIn, lastFault, logIn, pathOf } from './steps.ts';

const SITE = (site: string) => ({ 'sec-fetch-site': site });
const OWN = { headers: SITE('same-origin') };

async function signedIn(options: HarnessOptions = {}) {
  const harness = createHarness(options);
  const browser = harness.browser();
  await logIn(harness, browser);
  return { harness, browser };
}

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

describe('the way back', () => {
  async function backFrom(harness: Harness, browser: TestBrowser, query = ''): Promise<URL> {
    const toProvider = locationOf(await browser.navigate(`/auth/logout${query}`, OWN));
    return new URL(locationOf(await harness.zitadel.fetch(toProvider)));
  }

  it('ends at return_to', async () => {
    const { harness, browser } = await signedIn();
    expect(pathOf(await browser.navigate((await backFrom(harness, browser, '?return_to=/bye?x=1')).href))).toBe(
      '/bye?x=1',
    );
  });

  it('never at a foreign return_to', async () => {
    const { harness, browser } = await signedIn();
    const back = await backFrom(harness, browser, '?return_to=https%3A%2F%2Fevil.example');
    expect((await browser.navigate(back.href)).status).toBe(200);
  });

  it('goes on to return_to once: the state is of use once', async () => {
    const { harness, browser } = await signedIn();
    const back = await backFrom(harness, browser, '?return_to=/bye');
    await browser.navigate(back.href);
    expect((await browser.navigate(back.href)).status).toBe(200);
  });

  it('with another state is a stale tab’s: signed out, and sent nowhere', async () => {
    const { harness, browser } = await signedIn();
    const back = await backFrom(harness, browser, '?return_to=/bye');
    for (const state of ['', 'x', `${back.searchParams.get('state')}x`]) {
      expect((await browser.navigate(`/auth/logout/callback?state=${state}`)).status).toBe(200);
    }
    expect((await browser.navigate('/auth/logout/callback')).status).toBe(200);
    expect(pathOf(await browser.navigate(back.href))).toBe('/bye');
  });

  it('is waited for ten minutes, however long the browser keeps its cookie', async () => {
    const { harness, browser } = await signedIn();
    const back = await backFrom(harness, browser, '?return_to=/bye');
    const name = '__Host-postern-logout';
    const headers = { cookie: `${name}=${(await browser.cookies()).get(name)}` };
    await harness.advance(600);
    expect(pathOf(await harness.browser().navigate(back.href, { headers }))).toBe('/bye');
    await harness.advance(1);
    expect((await harness.browser().navigate(back.href, { headers })).status).toBe(200);
  });

  it('that nobody asked for tells no signed-in visitor that they are signed out', async () => {
    const { browser } = await signedIn();
    const response = await browser.navigate('/auth/logout/callback?state=x', { headers: SITE('cross-site') });
    expect(await response.text()).toContain('<form method="post" action="/auth/logout">');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('to a page of the application’s own leaves that page to the application', async () => {
    const { harness, browser } = await signedIn({ env: { ZITADEL_POST_LOGOUT_URL: `${ORIGIN}/` } });
    expect((await browser.navigate('/')).headers.get('content-type')).toContain('json');
    harness.zitadel.webApplication.postLogoutRedirectUris = [`${ORIGIN}/`];
    const back = await backFrom(harness, browser, '?return_to=/bye');
    expect(pathOf(await browser.navigate(back.href))).toBe('/bye');
  });
});

describe('an ID token that ZITADEL can no longer read', () => {
  const MEANT = ['client_id', 'logout_hint', 'post_logout_redirect_uri', 'state'];
  const parametersOf = (url: string) => [...new URL(url).searchParams.keys()].sort();

  /** Signed in here, and in a browser at ZITADEL. */
  async function signedInThere(options: HarnessOptions = {}) {
    const harness = createHarness(options);
    const [browser, atProvider] = [harness.browser(), new Map<string, string>()];
    const signIn = async (path = '/') => {
      const authorizeUrl = locationOf(await browser.navigate(path));
      return browser.navigate(await harness.zitadel.signIn({ authorizeUrl, user: 'user', browser: atProvider }));
    };
    await signIn();
    return { harness, browser, atProvider };
  }

  /** The key that signed is replaced, and then it is gone. */
  async function deleteKey({ zitadel }: Harness) {
    await zitadel.rotateKeys();
    await zitadel.webKeys.delete();
  }

  const cookiesOf = (jar: Map<string, string>) => ({
    cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
  });

  it('its key was deleted: the login name stands in for it, though the key is remembered here', async () => {
    const { harness, browser } = await signedInThere();
    await deleteKey(harness);
    const url = locationOf(await browser.navigate('/auth/logout', OWN));
    expect(parametersOf(url)).toEqual(MEANT);
    expect(new URL(url).searchParams.get('logout_hint')).toBe('uma@acme.zitadel.example');
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('and in an isolate that knows no keys', async () => {
    const { harness, browser } = await signedInThere();
    await deleteKey(harness);
    const elsewhere = harness.isolate();
    const response = await browser.sendTo(async (request) => elsewhere.fetch(request), '/auth/logout', {
      headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' },
    });
    expect(parametersOf(locationOf(response))).toEqual(MEANT);
  });

  it('its key has only been replaced: it is the hint', async () => {
    const { harness, browser } = await signedInThere();
    await harness.zitadel.rotateKeys();
    const url = locationOf(await browser.navigate('/auth/logout', OWN));
    expect(parametersOf(url)).toEqual(['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state']);
    expect((await harness.zitadel.fetch(url)).status).toBe(302);
  });

  it.each(['v1', 'v2'] as const)(
    'with Login %s the session at ZITADEL ends, the way back is ours, and the next visit asks who it is',
    async (loginVersion) => {
      const { harness, browser, atProvider } = await signedInThere({ zitadel: { settings: { loginVersion } } });
      await deleteKey(harness);
      let url = locationOf(await browser.navigate('/auth/logout?return_to=/bye', OWN));
      while (url.startsWith(ISSUER)) {
        url = new URL(
          locationOf(await harness.zitadel.fetch(new Request(url, { headers: cookiesOf(atProvider) }))),
          url,
        ).href;
      }
      expect(pathOf(await browser.navigate(url))).toBe('/bye');
      const [session] = [...harness.zitadel.sessions.sso.values()];
      expect(session?.isTerminated).toBe(true);
      let next = locationOf(await browser.navigate('/'));
      let shown = await harness.zitadel.fetch(new Request(next, { headers: cookiesOf(atProvider) }));
      while (shown.status === 302) {
        next = new URL(locationOf(shown), next).href;
        expect(next).toMatch(`${ISSUER}/ui/`);
        shown = await harness.zitadel.fetch(new Request(next, { headers: cookiesOf(atProvider) }));
      }
      expect(shown.status).toBe(200);
    },
  );

  it.each(['hang', 'reset', { status: 500 }] as const)(
    'keys that cannot be had just now (%j) keep nobody waiting: what is known counts',
    async (fault) => {
      const { harness, browser } = await signedInThere({ providerDeadline: 300 });
      harness.zitadel.faults.set('keys', fault);
      const url = locationOf(await browser.navigate('/auth/logout', OWN));
      expect(new URL(url).searchParams.has('id_token_hint')).toBe(true);
    },
  );
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
