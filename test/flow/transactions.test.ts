// Logins under way: several tabs, the back button, a stale bookmark, a browser without cookies. Design promise 3.

import { describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ISSUER, OTHER_SECRET, SECRET } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, expectNoSession, isSignedIn, lastFault, logIn, pathOf } from './steps.ts';

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

describe('a browser that keeps no cookies', () => {
  it('is sent once more, then told, and never goes round', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    browser.keepsCookies = false;
    const restart = await logIn(harness, browser);
    expect(isToProvider(restart)).toBe(true);
    const told = await comeBack(browser, await callbackFor(harness, new URL(locationOf(restart))));
    expect(told.status).toBe(400);
    expect(lastFault(harness).fault).toBe('cookies_blocked');
    expect(await told.text()).toContain('/auth/login');
    await expectNoSession(harness, browser);
  });
});

describe('a callback loaded twice', () => {
  it('at the same moment: both end signed in', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser, '/report'));
    const answers = await Promise.all([comeBack(browser, url), comeBack(browser, url)]);
    const [done, restart] = answers.sort((a) => (isToProvider(a) ? 1 : -1)) as [Response, Response];
    expect(pathOf(done)).toBe('/report');
    const again = await comeBack(browser, await callbackFor(harness, new URL(locationOf(restart))));
    expect(pathOf(again)).toBe('/report');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('again after ZITADEL broke down between the code and userinfo: no error that a reload would not cure', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser, '/report'));
    harness.zitadel.faults.set('userinfo', { status: 503 }, { times: 1 });
    expect((await comeBack(browser, url)).status).toBe(503);
    const restart = await comeBack(browser, url);
    const back = await comeBack(browser, await callbackFor(harness, new URL(locationOf(restart))));
    expect(pathOf(back)).toBe('/report');
  });

  it('with a code that ZITADEL never takes: an error in the second round', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    harness.zitadel.faults.set('token', { status: 400, body: { error: 'invalid_grant' } });
    const restart = await logIn(harness, browser);
    const refused = await comeBack(browser, await callbackFor(harness, new URL(locationOf(restart))));
    expect(refused.status).toBe(400);
    expect(lastFault(harness).fault).toBe('login_failed');
  });
});

describe('another login in the same browser', () => {
  it('has a session of its own id (fixation), and the one before ends within a minute', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const idOf = async () => {
      const me = (await (await browser.fetch('/auth/userinfo')).json()) as { session: { id: string } };
      return me.session.id;
    };
    await logIn(harness, browser);
    const [first, cookie] = [await idOf(), (await browser.cookies()).get('__Host-postern') ?? ''];
    const url = await callbackFor(harness, new URL(locationOf(await browser.navigate('/auth/login'))));
    await comeBack(browser, url);
    expect(await idOf()).not.toBe(first);
    await harness.advance(91);
    const old = await harness.browser().fetch('/auth/userinfo', { headers: { cookie: `__Host-postern=${cookie}` } });
    expect(old.status).toBe(401);
  });

  it('as somebody else ends the first one’s session at once', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser, { user: 'admin' });
    const cookie = (await browser.cookies()).get('__Host-postern') ?? '';
    const url = await callbackFor(harness, new URL(locationOf(await browser.navigate('/auth/login'))), {
      user: 'user',
    });
    await comeBack(browser, url);
    await harness.advance(31);
    const old = await harness.browser().fetch('/auth/userinfo', { headers: { cookie: `__Host-postern=${cookie}` } });
    expect(old.status).toBe(401);
    expect(await isSignedIn(browser)).toBe(true);
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
