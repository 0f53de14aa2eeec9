// Logins under way: several tabs, the back button, a stale bookmark, a browser without cookies. Promise 3.

import { describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ISSUER, OTHER_SECRET, SECRET } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, isSignedIn, logIn, pathOf } from './steps.ts';

const isToProvider = (response: Response) => new URL(locationOf(response)).origin === ISSUER;

describe('several tabs', () => {
  it('five logins at once end each at their own page, in any order', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const pages = ['/a', '/b', '/c?x=1', '/d', '/e'];
    const urls: URL[] = [];
    for (const page of pages) urls.push(await callbackFor(harness, await beginLogin(browser, page)));
    for (const index of [3, 0, 4, 1, 2]) {
      expect(pathOf(await comeBack(browser, urls[index] as URL))).toBe(pages[index]);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('at most eight are kept, the oldest goes, and its tab ends signed in all the same', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const urls: URL[] = [];
    for (let tab = 1; tab <= 12; tab++) {
      harness.clock.now += 1;
      urls.push(await callbackFor(harness, await beginLogin(browser, `/tab/${tab}`)));
      const kept = [...(await browser.cookies()).keys()].filter((name) => name.includes('-tx-'));
      expect(kept.length).toBe(Math.min(tab, 8));
    }
    expect(pathOf(await comeBack(browser, urls[11] as URL))).toBe('/tab/12');
    expect(pathOf(await comeBack(browser, urls[4] as URL))).toBe('/tab/5');
    expect(pathOf(await comeBack(browser, urls[0] as URL))).toBe('/');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('an address too long for a cookie is kept elsewhere, whole', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const path = `/search?q=${'x'.repeat(6000)}`;
    const url = await callbackFor(harness, await beginLogin(browser, path));
    for (const [name, value] of await browser.cookies()) expect(name.length + value.length).toBeLessThanOrEqual(4096);
    const onTheWay = await browser.navigate(pathOf(await comeBack(browser, url)));
    expect(pathOf(onTheWay)).toBe(path);
  });
});

describe('a callback whose transaction is gone', () => {
  it('goes on with the session that exists: back button', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser, '/report'));
    await comeBack(browser, url);
    const again = await comeBack(browser, url);
    expect(pathOf(again)).toBe('/');
    expect(harness.zitadel.calls.token).toBe(1);
  });

  it('starts again and ends signed in: a stale bookmark', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const restart = await browser.navigate('/auth/callback?code=old&state=1abcdefghijklmnopqrstuvwxyz');
    expect(isToProvider(restart)).toBe(true);
    const back = await comeBack(browser, await callbackFor(harness, new URL(locationOf(restart))));
    expect(pathOf(back)).toBe('/');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('starts again after an hour at ZITADEL', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    const cookies = [...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ');
    harness.clock.now += 3601;
    const response = await browser.navigate(url.href, { headers: { cookie: cookies } });
    expect(isToProvider(response)).toBe(true);
    expect(harness.zitadel.calls.token).toBe(0);
  });

  it('starts again after the secret was replaced altogether', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    const response = await comeBack(harness.browser(harness.isolate({ SESSION_SECRET: OTHER_SECRET })), url);
    expect(isToProvider(response)).toBe(true);
  });

  it('survives a rotation of the secret (promise 8)', async () => {
    const harness = createHarness();
    const before = harness.browser();
    const url = await callbackFor(harness, await beginLogin(before, '/page'));
    const after = harness.browser(harness.isolate({ SESSION_SECRET: `${OTHER_SECRET},${SECRET}` }));
    for (const [name, value] of await before.cookies()) {
      await after.jar.setCookie(`${name}=${value}; Path=/; Secure`, url.href);
    }
    expect(pathOf(await comeBack(after, url))).toBe('/page');
  });
});

describe('the end of a transaction', () => {
  const transactions = async (browser: TestBrowser) =>
    [...(await browser.cookies()).keys()].filter((name) => name.startsWith('__Host-postern-tx-'));

  it('comes with the sign-in', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    expect(await transactions(browser)).toEqual([]);
  });

  it.each<[string, (harness: Harness) => void, number]>([
    [
      'nonce',
      ({ zitadel }) => (zitadel.tamper.idToken = (claims, header) => ({ claims: { ...claims, nonce: 'x' }, header })),
      400,
    ],
    ['subject', ({ zitadel }) => (zitadel.tamper.userinfo = (json) => ({ ...json, sub: 'x' })), 400],
  ])('comes with a login that fails (%s), and a reload is not judged by it again', async (_what, lie, status) => {
    const harness = createHarness();
    const browser = harness.browser();
    lie(harness);
    expect((await logIn(harness, browser)).status).toBe(status);
    expect(await transactions(browser)).toEqual([]);
  });

  it('comes with a refusal at ZITADEL', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    expect((await logIn(harness, browser, { cancel: true })).status).toBe(403);
    expect(await transactions(browser)).toEqual([]);
  });

  it('does not come with a prefetch of the callback, which ends no login', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser, '/page'));
    const ahead = await browser.navigate(url.href, { headers: { 'sec-purpose': 'prefetch;prerender' } });
    expect([ahead.status, ahead.headers.getSetCookie(), harness.zitadel.calls.token]).toEqual([400, [], 0]);
    expect(pathOf(await comeBack(browser, url))).toBe('/page');
  });
});
