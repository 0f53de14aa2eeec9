// A browser that comes back more than once: without cookies, with a callback that it has loaded before, or to sign in anew. Promise 3.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ISSUER } from '../support/harness.ts';
import { beginLogin, callbackFor, comeBack, expectNoSession, isSignedIn, lastFault, logIn, pathOf } from './steps.ts';

const isToProvider = (response: Response) => new URL(locationOf(response)).origin === ISSUER;

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
