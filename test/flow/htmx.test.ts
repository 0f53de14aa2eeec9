// Requests of htmx: it swallows a 401 and can't follow a redirect to ZITADEL, so that `HX-Redirect` says where its page goes.
// ARCHITECTURE §3; https://htmx.org/headers/hx-redirect/

import { describe, expect, it } from 'vitest';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { expectOwnHeaders, isSignedIn, logIn, signedIn } from './steps.ts';

const HTMX = { 'hx-request': 'true', 'hx-current-url': `${ORIGIN}/orders?page=2` };
const login = (returnTo: string, more = '') => `${ORIGIN}/auth/login?return_to=${encodeURIComponent(returnTo)}${more}`;
const ROUTES = [
  { path: '/told/*', unauthenticated: '401' },
  { path: '/sent/*', unauthenticated: 'redirect' },
  { path: '/api/*', credentials: ['bearer'] },
  { path: '/safe/*', max_age: 60 },
  { path: '/admin/*', roles: ['admin'] },
  { path: '/hosts/*', hosts: ['other.example.com'] },
];

describe('a request of htmx that needs a sign-in', () => {
  it.each<[what: string, headers: Record<string, string>, returnTo: string]>([
    ['brings the visitor back to the page it was on', HTMX, '/orders?page=2'],
    ['keeps the place in it', { ...HTMX, 'hx-current-url': `${ORIGIN}/orders#3` }, '/orders#3'],
    ['brings a boosted link’s visitor to where it leads', { ...HTMX, 'hx-boosted': 'true' }, '/sent/x?y=1'],
    ['never to another site', { ...HTMX, 'hx-current-url': 'https://evil.example/' }, '/'],
    ['never by a disguised address', { ...HTMX, 'hx-current-url': `${ORIGIN}//evil.example/` }, '/'],
    ['never into a circle', { ...HTMX, 'hx-current-url': `${ORIGIN}/auth/logout` }, '/'],
    ['by the Referer, where it names no page', { 'hx-request': 'true', referer: `${ORIGIN}/old` }, '/old'],
    ['in a browser without Fetch Metadata', { ...HTMX, accept: 'text/html', 'sec-fetch-mode': '' }, '/orders?page=2'],
  ])('%s', async (_what, headers, returnTo) => {
    const browser = createHarness({ env: { ROUTES } }).browser();
    const fields = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*', ...headers };
    if (fields['sec-fetch-mode'] === '') {
      Reflect.deleteProperty(fields, 'sec-fetch-mode');
      Reflect.deleteProperty(fields, 'sec-fetch-dest');
    }
    const response = await browser.send('/sent/x?y=1', { headers: fields });
    expect([response.status, response.headers.get('location')]).toEqual([401, null]);
    expect(response.headers.get('hx-redirect')).toBe(login(returnTo));
    expect(((await response.json()) as { login_url: string }).login_url).toBe(login(returnTo));
    expect(response.headers.getSetCookie()).toEqual([]);
    expectOwnHeaders(response);
  });

  it('of any method: its page comes back, what it sent does not', async () => {
    const browser = createHarness().browser();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await browser.fetch('/x', { method, headers: { ...HTMX, 'hx-boosted': 'true' } });
      expect([method, response.headers.get('hx-redirect')]).toEqual([method, login('/orders?page=2')]);
    }
  });

  it('after a step-up was asked for, signs in anew', async () => {
    const { harness, browser } = await signedIn({ env: { ROUTES } });
    await harness.advance(120);
    const response = await browser.fetch('/safe/x', { headers: HTMX });
    expect([response.status, response.headers.get('hx-redirect')]).toEqual([
      401,
      login('/orders?page=2', '&prompt=login'),
    ]);
  });

  it.each<[what: string, path: string, headers: Record<string, string>]>([
    ['no request of htmx', '/x', {}],
    ['a rule that wants a plain 401', '/told/x', HTMX],
    ['a rule that takes tokens only', '/api/x', HTMX],
    ['fetched ahead', '/x', { ...HTMX, 'sec-purpose': 'prefetch' }],
    ['a bad token', '/x', { ...HTMX, authorization: 'Bearer bad' }],
  ])('%s: not led anywhere', async (_what, path, headers) => {
    const response = await createHarness({ env: { ROUTES } }).browser().fetch(path, { headers });
    expect([response.status, response.headers.get('hx-redirect')]).toEqual([401, null]);
  });

  it('signed in without access: a 403, and not led anywhere', async () => {
    const { browser } = await signedIn({ env: { ROUTES } });
    const response = await browser.fetch('/admin/x', { headers: HTMX });
    expect([response.status, response.headers.get('hx-redirect')]).toEqual([403, null]);
  });
});

describe('what htmx fetches of ours in a page’s stead (hx-boost)', () => {
  it.each(['/auth/login?return_to=/x', '/auth/logout', '/auth/profile'])(
    'GET %s is loaded by the page',
    async (path) => {
      const harness = createHarness();
      const browser = harness.browser();
      await logIn(harness, browser);
      const response = await browser.fetch(path, { headers: HTMX });
      expect([response.status, response.headers.get('hx-redirect')]).toEqual([204, path]);
      expect(response.headers.getSetCookie()).toEqual([]);
      expectOwnHeaders(response);
      expect(await isSignedIn(browser)).toBe(true);
    },
  );

  it('a sign-out form is sent, and its page goes on to ZITADEL', async () => {
    const { browser } = await signedIn();
    const response = await browser.fetch('/auth/logout', { method: 'POST', headers: { ...HTMX, origin: ORIGIN } });
    expect([response.status, response.headers.get('location')]).toEqual([204, null]);
    expect(response.headers.get('hx-redirect')).toMatch(/^https?:/);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('another site’s form is refused as ever', async () => {
    const { browser } = await signedIn();
    const headers = { ...HTMX, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const response = await browser.fetch('/auth/logout', { method: 'POST', headers });
    expect(response.status).toBe(403);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('fetched ahead, a sign-out leads nowhere and ends nothing', async () => {
    const { browser } = await signedIn();
    const response = await browser.fetch('/auth/logout', { headers: { ...HTMX, 'sec-purpose': 'prefetch' } });
    expect([response.status, response.headers.get('hx-redirect')]).toEqual([400, null]);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('scripts’ own endpoints answer as ever', async () => {
    const { browser } = await signedIn();
    expect((await browser.fetch('/auth/userinfo', { headers: HTMX })).status).toBe(200);
  });
});
