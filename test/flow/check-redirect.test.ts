// GET /auth/check?unauthenticated=redirect: for proxies that hand the answer on to the visitor. ARCHITECTURE §2, §3.

import { describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { type Harness, ORIGIN } from '../support/harness.ts';
import { AS_NAVIGATION, createCheckHarness, GATEWAY_SECRET } from './asking.ts';

const ROUTES = [
  { path: '/admin/*', roles: ['admin'] },
  { path: '/api/*', unauthenticated: '401' },
  { path: '/data/*', unauthenticated: 'redirect' },
  { path: '/strong/*', amr: ['mfa'] },
  { path: '/recent/*', max_age: 300 },
  { path: '/board/*', hosts: ['board.example.com'] },
];
const WISH = '?unauthenticated=redirect';

function ask(browser: TestBrowser, uri: string, { method = 'GET', headers = AS_NAVIGATION, wish = WISH }: Asking = {}) {
  return browser.send(`/auth/check${wish}`, {
    headers: {
      ...headers,
      'x-gateway-secret': GATEWAY_SECRET,
      'x-forwarded-method': method,
      'x-forwarded-uri': uri,
      'x-forwarded-host': 'app.example.com',
    },
  });
}
interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly wish?: string;
}

const strangerOf = () => createCheckHarness({ env: { ROUTES } }).browser();
const returnToOf = (response: Response) => new URL(locationOf(response)).searchParams.get('return_to');

async function signedIn(user = 'staff') {
  const harness = createCheckHarness({ env: { ROUTES } });
  const browser = harness.browser();
  await harness.signIn(browser, user);
  return { harness, browser };
}

/** By the address of a redirect to the sign-in, to where the callback leads. */
async function followSignIn(harness: Harness, browser: TestBrowser, location: string, user: string) {
  const authorizeUrl = locationOf(await browser.navigate(location));
  const back = await browser.navigate(await harness.zitadel.signIn({ authorizeUrl, user }));
  return { authorizeUrl, target: new URL(locationOf(back), ORIGIN) };
}

describe('a navigation that needs a sign-in', () => {
  it.each(['GET', 'HEAD'])(
    '%s: 302 to the sign-in of the public site, which leads back to the page asked for',
    async (method) => {
      const harness = createCheckHarness({ env: { ROUTES } });
      const browser = harness.browser();
      const answer = await ask(browser, '/reports?page=2&x=%26', { method });
      expect(answer.status).toBe(302);
      expect(locationOf(answer)).toMatch(/^https:\/\/app\.example\.com\/auth\/login\?return_to=/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.text()).toBe('');
      const { target } = await followSignIn(harness, browser, locationOf(answer), 'staff');
      expect(target.href).toBe(`${ORIGIN}/reports?page=2&x=%26`);
      expect((await ask(browser, '/reports?page=2&x=%26')).status).toBe(204);
    },
  );

  it('a session that has ended leads there too', async () => {
    const { harness, browser } = await signedIn();
    await harness.advance(3_601);
    expect((await ask(browser, '/page')).status).toBe(302);
  });

  it.each([
    '//evil.example/x',
    '/\\evil.example',
    '/.//evil.example',
    '/%2f/evil.example',
    '/auth/logout',
    '/x?return_to=https://evil.example',
  ])('no open redirect and no circle: %s', async (uri) => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const browser = harness.browser();
    const answer = await ask(browser, uri);
    if (answer.status === 403) return;
    expect(new URL(locationOf(answer)).origin).toBe(ORIGIN);
    const { target } = await followSignIn(harness, browser, locationOf(answer), 'staff');
    expect(target.origin).toBe(ORIGIN);
    expect(target.pathname).not.toBe('/auth/logout');
  });

  it('an address too long to be named in another one is named without its query, or not at all', async () => {
    expect(returnToOf(await ask(strangerOf(), `/page?q=${'a'.repeat(1_000)}`))).toMatch(/a{1000}$/);
    expect(returnToOf(await ask(strangerOf(), `/page?q=${'%20'.repeat(1_500)}`))).toBe('/page');
    expect(returnToOf(await ask(strangerOf(), `/${'%20'.repeat(1_500)}`))).toBe('/');
  });

  it('a form is not kept, and its page says so before the visitor goes anywhere', async () => {
    const headers = { ...AS_NAVIGATION, referer: `${ORIGIN}/board?a=b` };
    const answer = await ask(strangerOf(), '/save', { method: 'POST', headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await answer.text()).toContain('/auth/login?return_to=%2Fboard%3Fa%3Db');
  });
});

describe('everything else is 401 as before', () => {
  const others: [what: string, uri: string, headers: Record<string, string>][] = [
    ['a script', '/page', { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [
      'a script where the rule redirects',
      '/data/a',
      { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    ],
    ['a frame', '/page', { ...AS_NAVIGATION, 'sec-fetch-dest': 'iframe' }],
    ['XMLHttpRequest', '/page', { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' }],
    ['htmx', '/page', { accept: 'text/html', 'hx-request': 'true' }],
    ['a WebSocket', '/page', { 'sec-websocket-version': '13', accept: 'text/html', upgrade: 'websocket' }],
    ['a program', '/page', { accept: 'application/json' }],
    ['what is fetched ahead', '/page', { ...AS_NAVIGATION, 'sec-purpose': 'prefetch;prerender' }],
    ['a page whose rule says 401', '/api/a', AS_NAVIGATION],
    ['a bad token', '/page', { ...AS_NAVIGATION, authorization: 'Bearer a.b.c' }],
    ['another method', '/page', { ...AS_NAVIGATION, 'x-forwarded-method': 'DELETE' }],
  ];
  it.each(others)('%s', async (_what, uri, { 'x-forwarded-method': method = 'GET', ...headers }) => {
    const answer = await ask(strangerOf(), uri, { method, headers });
    expect(answer.status).toBe(401);
  });

  it('but not at the host of a rule, which is a site of its own with a sign-in of its own', async () => {
    const answer = await strangerOf().send(`/auth/check${WISH}`, {
      headers: {
        ...AS_NAVIGATION,
        'x-gateway-secret': GATEWAY_SECRET,
        'x-forwarded-method': 'GET',
        'x-forwarded-uri': '/board/a',
        'x-forwarded-host': 'board.example.com',
      },
    });
    expect(answer.status).toBe(302);
    expect(locationOf(answer)).toMatch(/^https:\/\/board\.example\.com\/auth\/login\?/);
  });
});

describe('the wish', () => {
  it.each([
    ['', 401],
    ['?unauthenticated=401', 401],
    ['?unauthenticated=redirect&/page?x=1', 302],
    // Behind Envoy's prefix is what the visitor wrote.
    ['?/page&unauthenticated=redirect', 401],
    ['?unauthenticated=redirect&/page&unauthenticated=401', 302],
    ['?unauthenticated=401&/page&unauthenticated=redirect', 401],
    ['?unauthenticated=redirect/page?x=1', 302],
    ['?allowed=200&unauthenticated=redirect&/page', 302],
    ['?unauthenticated=', 403],
    ['?allowed=', 403],
    ['?allowed=302', 403],
    ['?unauthenticated=Redirect', 403],
    ['?unauthenticated=302', 403],
  ])('%s', async (wish, status) => {
    expect((await ask(strangerOf(), '/page', { wish })).status).toBe(status);
  });

  it('without the gateway’s secret nobody is redirected', async () => {
    const headers = { ...AS_NAVIGATION, 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/page' };
    expect((await strangerOf().send(`/auth/check${WISH}`, { headers })).status).toBe(403);
  });
});

describe('somebody who is known', () => {
  it('passes with 204 and the identity, as ever', async () => {
    const { browser } = await signedIn();
    const answer = await ask(browser, '/page');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('x-forwarded-roles')).toBe('staff,user');
  });

  it('passes with 200 where the proxy takes nothing else, which is its word alone', async () => {
    const { browser } = await signedIn();
    const statusOf = async (wish: string) => (await ask(browser, '/page', { wish })).status;
    expect(await statusOf('?allowed=200')).toBe(200);
    expect(await statusOf('?allowed=200&unauthenticated=redirect&/page?allowed=204')).toBe(200);
    expect(await statusOf('?/page?allowed=200')).toBe(204);
    expect(await statusOf('?allowed=204')).toBe(204);
  });

  it('and may not: the page that says who one is, with its policy; JSON for a script', async () => {
    const { browser } = await signedIn();
    const page = await ask(browser, '/admin');
    expect(page.status).toBe(403);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('zoe@acme.zitadel.example');
    const script = await ask(browser, '/admin', { headers: { accept: '*/*', 'sec-fetch-mode': 'cors' } });
    expect([script.status, script.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
  });

  it('needs a fresher sign-in: 302, once, and then passes', async () => {
    const { harness, browser } = await signedIn();
    await harness.advance(600);
    const answer = await ask(browser, '/recent/x?y');
    expect(answer.status).toBe(302);
    const { target, authorizeUrl } = await followSignIn(harness, browser, locationOf(answer), 'staff');
    expect(new URL(authorizeUrl).searchParams.get('prompt')).toBe('login');
    expect(target.href).toBe(`${ORIGIN}/recent/x?y`);
    expect((await ask(browser, '/recent/x?y')).status).toBe(204);
  });

  it.each([WISH, ''])(
    'RFC 9470 §5 needs a stronger one, and the new one is not: a page says so, no circle (%s)',
    async (wish) => {
      const { harness, browser } = await signedIn();
      const location = locationOf(await ask(browser, '/strong/x', { wish }));
      const { target, authorizeUrl } = await followSignIn(harness, browser, location, 'staff');
      expect(new URL(authorizeUrl).searchParams.get('prompt')).toBe('login');
      expect(target.pathname).toBe('/auth/step-up');
      expect(target.searchParams.get('return_to')).toBe('/strong/x');
      expect((await browser.navigate(target.href)).status).toBe(403);
    },
  );
});
