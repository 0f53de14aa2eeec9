// Navigations that a service worker passes on with `fetch(event.request)`, as each browser sends them (docs/browsers.md).

import { describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, ISSUER, ORIGIN, UPSTREAM } from '../support/harness.ts';
import { formOf, lastReceived, send, signInFrom } from './form-steps.ts';
import { isSignedIn, logIn, signedIn } from './steps.ts';

const EMPTY = { 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin', 'upgrade-insecure-requests': '1' };
const PASSED_ON: Record<string, Record<string, string>> = {
  Chromium: { ...EMPTY, 'sec-fetch-mode': 'navigate', 'sec-ch-ua': '"Chromium";v="150"' },
  WebKit: { ...EMPTY, 'sec-fetch-mode': 'navigate' },
  Firefox: { ...EMPTY, 'sec-fetch-mode': 'same-origin' },
};
const FORM = { origin: ORIGIN, referer: `${ORIGIN}/guestbook` };

describe.each(Object.entries(PASSED_ON))('in %s', (name, headers) => {
  const post = (browser: TestBrowser, more: Record<string, string>, body?: string) =>
    send(browser, { headers: { ...headers, ...more }, ...(body !== undefined && { type: 'text/plain', body }) });

  it('a page leads to the sign-in', async () => {
    const harness = createHarness();
    for (const path of ['/page', '/auth/login', '/auth/profile']) {
      const response = await harness.browser().navigate(path, { headers });
      expect([response.status, new URL(locationOf(response)).origin], path).toEqual([302, ISSUER]);
    }
  });

  it('the sign-in ends where it began, and a page without access is a page', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/admin/*', roles: ['nobody'] }] } });
    const browser = harness.browser();
    const begun = await browser.navigate('/page', { headers });
    const callback = await harness.zitadel.signIn({ authorizeUrl: locationOf(begun), user: 'user' });
    expect(locationOf(await browser.navigate(String(callback), { headers }))).toBe(`${ORIGIN}/page`);
    const refused = await browser.navigate('/admin/', { headers });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
  });

  it.skipIf(name === 'WebKit')(
    'a form of our own is kept over the sign-in, and sent again although our page sends no Referer',
    async () => {
      const harness = createHarness();
      const browser = harness.browser();
      const landed = await signInFrom(harness, browser, await post(browser, FORM));
      const { action, body } = formOf(await (await browser.navigate(landed, { headers })).text());
      expect((await post(browser, { origin: 'null' }, body)).status).toBe(200);
      const { request, bytes } = await lastReceived(harness);
      expect([request.url, new TextDecoder().decode(bytes)]).toEqual([UPSTREAM + action, 'name=Ada']);
    },
  );

  it.each<[string, Record<string, string>]>([
    ['Firefox changes its Origin', { origin: ORIGIN, referer: 'https://evil.example/' }],
    ['Firefox changes its Origin, and the site sends no Referer', { origin: ORIGIN }],
    ['WebKit does not', { origin: 'https://evil.example', referer: 'https://evil.example/' }],
    ['WebKit makes up a Referer', { origin: 'https://evil.example', referer: `${ORIGIN}/sw.js` }],
    ['WebKit makes up a Referer, and the site has no Origin', { origin: 'null', referer: `${ORIGIN}/sw.js` }],
  ])(
    'a form of another site is not kept, and signs nobody out, though it says same-origin: %s',
    async (_what, more) => {
      const harness = createHarness();
      const response = await post(harness.browser(), more);
      expect([...harness.objects.storages.keys()].filter((name) => name.startsWith('form:'))).toEqual([]);
      expect(response.headers.getSetCookie().join()).not.toContain('form');

      const { browser } = await signedIn();
      const body = new URLSearchParams();
      const refused = await browser.navigate('/auth/logout', {
        method: 'POST',
        body,
        headers: { ...headers, ...more },
      });
      expect([refused.status, await refused.text()]).toEqual([200, expect.stringContaining('name="csrf"')]);
      expect(await isSignedIn(browser)).toBe(true);
    },
  );

  it('our own sign-out form signs out where it can be told, and the confirmation page does without a Referer', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    const init = { method: 'POST', body: new URLSearchParams(), headers: { ...headers, ...FORM } };
    expect((await browser.navigate('/auth/logout', init)).status).toBe(name === 'WebKit' ? 200 : 303);
    if (name === 'WebKit') browser.jar.removeAllCookiesSync();

    await logIn(harness, browser);
    const page = await (await browser.navigate('/auth/logout', { headers })).text();
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page) ?? [];
    const confirmed = { ...init, body: new URLSearchParams({ csrf }), headers: { ...headers, origin: 'null' } };
    expect((await browser.navigate('/auth/logout', confirmed)).status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('in WebKit, which makes up both Origin and Referer for a site that sends no Referer', () => {
  const headers = { ...PASSED_ON['WebKit'], origin: ORIGIN, referer: `${ORIGIN}/sw.js` };

  it('a form of another site is not kept, and signs nobody out', async () => {
    const refused = await send(createHarness().browser(), { headers });
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([401, []]);
    const { browser } = await signedIn();
    const init = { method: 'POST', body: new URLSearchParams(), headers };
    const asked = await browser.navigate('/auth/logout', init);
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining('name="csrf"')]);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a script', () => {
  it.each<Record<string, string>>([
    { 'sec-fetch-mode': 'same-origin', accept: 'text/html' },
    { 'sec-fetch-mode': 'cors', 'upgrade-insecure-requests': '1', accept: 'text/html' },
    { 'sec-fetch-mode': 'no-cors', 'upgrade-insecure-requests': '1', accept: 'text/html' },
  ])('that sends %j is no navigation', async (headers) => {
    const response = await createHarness().browser().fetch('/page', { headers });
    expect([response.status, response.headers.getSetCookie()]).toEqual([401, []]);
  });
});
