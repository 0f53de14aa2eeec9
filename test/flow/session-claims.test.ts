// Roles and claims are read again. Promise 5.

import { describe, expect, it } from 'vitest';
import { createShortLived, liveRefreshTokens, noted, roles, storm, tokenCalls } from '../session/support.ts';
import { createHarness } from '../support/harness.ts';

const ROUTES = [{ path: '/admin/*', roles: ['admin'] }];

describe('promise 5: roles are fresh', () => {
  it('a role taken away at ZITADEL stops working within CLAIMS_MAX_AGE, with the token at hand', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.zitadel.setUserRoles('admin', ['user']);
    await harness.advance(100);
    expect(await storm(browser, 1, '/admin/x')).toEqual([200]);
    await harness.advance(201);
    expect(await storm(browser, 1, '/admin/x')).toEqual([403]);
    expect(await roles(browser)).toBe('user');
    expect(tokenCalls(harness)).toEqual([]);
  });

  it('within the age nothing is fetched; past half of it the request is answered at once and the reading goes on behind', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const before = harness.zitadel.calls.userinfo;
    await harness.advance(140);
    await storm(browser, 20);
    await harness.settle();
    expect(harness.zitadel.calls.userinfo).toBe(before);
    await harness.advance(20);
    harness.zitadel.setUserRoles('admin', ['user']);
    harness.zitadel.faults.set('userinfo', { delay: 100 });
    expect(await roles(browser)).toBe('admin,user');
    await harness.settle();
    expect(harness.zitadel.calls.userinfo).toBe(before + 1);
    expect(await roles(browser)).toBe('user');
  });

  it('a route’s claims_max_age is tighter', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/admin/*', roles: ['admin'], claims_max_age: 10 }] } });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.zitadel.setUserRoles('admin', ['user']);
    await harness.advance(11);
    expect(await storm(browser, 1, '/admin/x')).toEqual([403]);
  });

  it('a route’s claims_max_age can’t make CLAIMS_MAX_AGE looser', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/admin/*', roles: ['admin'], claims_max_age: 3000 }] } });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.zitadel.setUserRoles('admin', ['user']);
    await harness.advance(301);
    expect(await storm(browser, 1, '/admin/x')).toEqual([403]);
  });

  it('a role just given is looked up once more before a 403, and not again within five seconds', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    await harness.advance(10);
    const before = harness.zitadel.calls.userinfo;
    expect(await storm(browser, 50, '/admin/x')).toEqual(Array.from({ length: 50 }, () => 403));
    await harness.advance(4);
    expect(await storm(browser, 50, '/admin/x')).toEqual(Array.from({ length: 50 }, () => 403));
    expect(harness.zitadel.calls.userinfo).toBe(before + 1);
    harness.zitadel.setUserRoles('user', ['admin']);
    await harness.advance(2);
    expect(await storm(browser, 1, '/admin/x')).toEqual([200]);
    expect(harness.zitadel.calls.userinfo).toBe(before + 2);
  });

  it('a session that turns out to be over at that look is sent to sign in, not to a 403', async () => {
    const harness = createHarness({ env: { ROUTES } });
    harness.zitadel.webApplication.backChannelLogoutUri = undefined;
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    await harness.advance(10);
    harness.zitadel.terminateUserSessions('user');
    expect((await browser.navigate('/admin/x')).status).toBe(302);
  });

  it('the cookie of an older reading brings no role back, in no isolate', async () => {
    const harness = createHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const old = new Map(await browser.cookies());
    const replay = async (app = harness.app) => {
      const cookie = [...old].map(([name, value]) => `${name}=${value}`).join('; ');
      const request = new Request('https://app.example.com/admin/x', { headers: { cookie, 'sec-fetch-mode': 'cors' } });
      return (await app.fetch(request)).status;
    };
    await harness.advance(160);
    harness.zitadel.setUserRoles('admin', ['user']);
    await storm(browser, 1);
    await harness.settle();
    expect(await storm(browser, 1, '/admin/x')).toEqual([403]);
    expect(await replay()).toBe(403);
    expect(await storm(browser, 1)).toEqual([200]);
    expect(await browser.cookies()).not.toEqual(old);
    const other = harness.isolate();
    const newer = harness.browser(other);
    for (const [name, value] of await browser.cookies()) {
      await newer.jar.setCookie(`${name}=${value}; Path=/; Secure`, 'https://app.example.com/');
    }
    expect(await storm(newer, 1)).toEqual([200]);
    expect(await replay(other)).toBe(403);
    // Not even while ZITADEL can't be asked and the old reading is past its age.
    harness.zitadel.settings.rateLimited = true;
    await harness.advance(400);
    expect(await replay()).toBe(403);
    expect(await replay(other)).toBe(403);
    expect(await replay(harness.isolate())).toBe(403);
  });

  it('userinfo refusing a good token ends the session, and a renewal does not bring it back', async () => {
    const harness = createShortLived();
    harness.zitadel.webApplication.backChannelLogoutUri = undefined;
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    // In the last quarter of the token's life, where a renewal is due as well.
    await harness.advance(470);
    harness.zitadel.terminateUserSessions('admin');
    expect(await storm(browser, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    await harness.settle();
    expect(tokenCalls(harness)).toEqual([]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'ended_at_provider' }]);
    expect(liveRefreshTokens(harness)).toBe(0);
  });

  it('nor when the token itself is asked for, to be forwarded', async () => {
    const harness = createShortLived({
      env: { ROUTES: [{ path: '/api/*', forward_access_token: true }], CLAIMS_MAX_AGE: 550 },
    });
    harness.zitadel.webApplication.backChannelLogoutUri = undefined;
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(470);
    harness.zitadel.terminateUserSessions('admin');
    expect(await storm(browser, 5, '/api/x')).toEqual(Array.from({ length: 5 }, () => 401));
    await harness.settle();
    expect(tokenCalls(harness)).toEqual([]);
  });

  it('a deactivated user is out within CLAIMS_MAX_AGE', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.zitadel.deactivateUser('admin');
    await harness.advance(301);
    expect(await storm(browser, 3)).toEqual([401, 401, 401]);
  });
});
