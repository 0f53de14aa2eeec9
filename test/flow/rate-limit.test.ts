// LOGIN_RATE_LIMIT: whoever begins or ends too many logins waits; whoever is signed in does not notice. ARCHITECTURE §1 Bindings.

import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createHarness } from '../support/harness.ts';
import { beginLogin, callbackFor, expectOwnHeaders, isSignedIn, lastFault } from './steps.ts';

const FROM = { 'cf-connecting-ip': '203.0.113.7' };

/** A limit that is used up from the start, or when told so. */
function createLimited() {
  const harness = createHarness();
  const limit = { isUsedUp: false, keys: [] as string[] };
  const LOGIN_RATE_LIMIT = {
    limit: async ({ key }: { key: string }) => {
      limit.keys.push(key);
      return { success: !limit.isUsedUp };
    },
  };
  const { gateway } = harness;
  const app = createApp({ ...gateway, bindings: { ...gateway.bindings, LOGIN_RATE_LIMIT } });
  return { harness, browser: harness.browser(app), limit };
}

describe('LOGIN_RATE_LIMIT', () => {
  it.each(['/page', '/auth/login', '/auth/profile', '/auth/callback?code=a&state=1x', '/auth/resubmit?form=x'])(
    'used up: %s is 429 and begins nothing',
    async (path) => {
      const { harness, browser, limit } = createLimited();
      limit.isUsedUp = true;
      const response = await browser.navigate(path, { headers: FROM });
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60']);
      expectOwnHeaders(response);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(lastFault(harness).fault).toBe('too_many_requests');
      expect(new Set(limit.keys)).toEqual(new Set(['203.0.113.7']));
    },
  );

  it('used up: a code is not tried, and may be a minute later', async () => {
    const { harness, browser, limit } = createLimited();
    const url = await callbackFor(harness, await beginLogin(browser));
    limit.isUsedUp = true;
    expect((await browser.navigate(url.href, { headers: FROM })).status).toBe(429);
    expect(harness.zitadel.calls.token).toBe(0);
    limit.isUsedUp = false;
    expect((await browser.navigate(url.href, { headers: FROM })).status).toBe(302);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('counts no request of whoever is signed in, and none that the edge gives no address', async () => {
    const { harness, browser, limit } = createLimited();
    await harness.signIn(browser, 'user');
    limit.keys.length = 0;
    limit.isUsedUp = true;
    expect((await browser.navigate('/page', { headers: FROM })).status).toBe(200);
    expect((await harness.browser().navigate('/page')).status).toBe(302);
    expect(limit.keys).toEqual([]);
  });
});
