// The way of a sign-out by ZITADEL and back: where it ends, and what ZITADEL is told where it can't read the ID token any more.
// RP-Initiated Logout 1.0 §2, §3; ARCHITECTURE §2.

import { describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, type HarnessOptions, ISSUER, ORIGIN } from '../support/harness.ts';
import { isSignedIn, pathOf, signedIn } from './steps.ts';

const SITE = (site: string) => ({ 'sec-fetch-site': site });
const OWN = { headers: SITE('same-origin') };

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
