// Signing out while the user's object is away. Promise 4; ARCHITECTURE §2 /auth/logout; OIDC Back-Channel Logout 1.0 §2.8.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { liveRefreshTokens, noted, sessionIds, storm } from '../session/support.ts';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';

const { admin } = SEED.users;

async function setUp(options = {}) {
  const harness = createHarness(options);
  const browser = harness.browser();
  await harness.signIn(browser, 'admin');
  await harness.settle();
  return { harness, browser };
}

async function copyOf(harness: Harness, browser: TestBrowser, app = harness.isolate()): Promise<TestBrowser> {
  const copy = harness.browser(app);
  for (const [name, value] of await browser.cookies())
    await copy.jar.setCookie(`${name}=${value}; Path=/; Secure`, ORIGIN);
  return copy;
}

describe('a sign-out while the user’s object is away', () => {
  it.each([
    ['that this isolate knows to stand', 0],
    ['that nobody here can say stands', 40],
  ])('of a session %s takes the cookie and says what may remain', async (_what, seconds) => {
    const { harness, browser } = await setUp();
    await harness.advance(seconds);
    harness.objects.isDown = true;
    const answer = await browser.navigate('/auth/logout');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('other devices may still be signed in');
    expect([...(await browser.cookies()).keys()]).toEqual([]);
    expect(await storm(browser, 1)).toEqual([401]);
  });

  it('may be the confirmed one, or come from a page’s own form', async () => {
    const { harness, browser } = await setUp();
    await harness.advance(40);
    harness.objects.isDown = true;
    const page = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'cross-site' } });
    const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const headers = { 'sec-fetch-site': 'same-origin' };
    const answer = await browser.navigate('/auth/logout', {
      method: 'POST',
      body: new URLSearchParams({ csrf }),
      headers,
    });
    expect([answer.status, [...(await browser.cookies()).keys()]]).toEqual([200, []]);
  });

  it('is refused when another site sends it, away or not', async () => {
    const { harness, browser } = await setUp();
    await harness.advance(40);
    harness.objects.isDown = true;
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await browser.navigate('/auth/logout', { method: 'POST', body: '', headers })).status).toBe(403);
    expect((await browser.cookies()).size).toBe(1);
  });

  /** Who brings the object to look for what it missed. */
  const FINDERS: readonly [
    string,
    (harness: Harness, stolen: TestBrowser, browser: TestBrowser) => Promise<unknown>,
  ][] = [
    [
      'wakes up: the first question',
      async (harness, stolen) => {
        harness.objects.evict();
        await harness.advance(30);
        expect(await storm(stolen, 1)).toEqual([401]);
      },
    ],
    ['is asked for the user’s sessions', async () => undefined],
    [
      'is asked by who could not reach it before',
      async (harness, stolen) => {
        await harness.advance(31);
        harness.objects.isDown = true;
        expect(await storm(stolen, 1)).toEqual([503]);
        harness.objects.isDown = false;
        expect(await storm(stolen, 1)).toEqual([401]);
      },
    ],
    [
      'is told again by the isolate that could not tell it',
      async (harness, _stolen, browser) => {
        await harness.advance(5);
        await browser.fetch('/page');
        await harness.settle();
        expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'logout' }]);
      },
    ],
    [
      'wakes up by its alarm',
      async (harness) => {
        harness.objects.evict();
        const storage = harness.objects.storages.get(`user:${admin}`);
        if (storage) storage.alarmAt = harness.clock.now * 1000;
        await harness.settle();
        expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'logout' }]);
      },
    ],
  ];

  it.each(FINDERS)('ends the session as soon as the object is back and %s', async (_name, find) => {
    const { harness, browser } = await setUp();
    const stolen = await copyOf(harness, browser);
    expect(await storm(stolen, 1)).toEqual([200]);
    harness.objects.isDown = true;
    await browser.navigate('/auth/logout');
    await harness.settle();
    harness.objects.isDown = false;
    await find(harness, stolen, browser);
    expect(await sessionIds(harness, admin)).toEqual([]);
    await harness.advance(30);
    expect(await storm(stolen, 1)).toEqual([401]);
    expect(liveRefreshTokens(harness)).toBe(0);
    expect(harness.kv.entries.size).toBe(0);
  });

  it('ends it after an eviction in the middle of the outage, with nothing left in any isolate’s memory', async () => {
    const { harness, browser } = await setUp();
    const stolen = await copyOf(harness, browser);
    harness.objects.isDown = true;
    await browser.navigate('/auth/logout');
    harness.objects.evict();
    harness.objects.isDown = false;
    expect(await storm(await copyOf(harness, stolen), 1)).toEqual([401]);
  });

  it('is the browser’s all the same when KV fails too, and the log says so', async () => {
    const { harness, browser } = await setUp();
    harness.objects.isDown = true;
    harness.kv.faults.failWrites = true;
    expect((await browser.navigate('/auth/logout')).status).toBe(200);
    expect((await browser.cookies()).size).toBe(0);
    expect(noted(harness, 'store_failed')).toMatchObject([{ level: 'error', sub: admin }]);
  });

  it('promise 7 puts nothing into KV that names the session, or that stays', async () => {
    const { harness, browser } = await setUp();
    const [id = ''] = await sessionIds(harness, admin);
    harness.objects.isDown = true;
    await browser.navigate('/auth/logout');
    const entries = [...harness.kv.entries].filter(([key]) => key.startsWith('ended/'));
    expect(entries).toHaveLength(1);
    expect(JSON.stringify(entries)).not.toContain(id);
    await harness.advance(43_300);
    expect([...harness.kv.entries.values()].filter(({ expiresAt }) => expiresAt > harness.clock.now + 86_400)).toEqual(
      [],
    );
  });
});

describe('KV that fails', () => {
  it('does not stop an object that wakes up from answering', async () => {
    const { harness, browser } = await setUp();
    harness.kv.faults.failReads = true;
    expect(await storm(await copyOf(harness, browser), 2)).toEqual([200, 200]);
  });
});

describe('a back-channel logout while the user’s object is away', () => {
  it.each(['with', 'without'])(
    '%s a sub in it is answered so that ZITADEL repeats it, and counts then',
    async (how) => {
      const { harness, browser } = await setUp({ zitadel: { backChannelRetryDelays: [] } });
      harness.zitadel.tamper.logoutToken = ({ sub, ...claims }, header) => ({
        claims: how === 'with' ? { sub, ...claims } : claims,
        header,
      });
      harness.objects.isDown = true;
      const [session] = [...harness.zitadel.sessions.sso.values()];
      harness.zitadel.terminateSession(session?.sid ?? '');
      await harness.settle();
      const [{ logoutToken = '', statuses = [] } = {}] = harness.zitadel.backChannel.deliveries;
      expect(statuses).toEqual([503]);
      harness.objects.isDown = false;
      const body = new URLSearchParams({ logout_token: logoutToken });
      const again = await harness.app.fetch(new Request(`${ORIGIN}/auth/backchannel-logout`, { method: 'POST', body }));
      expect(again.status).toBe(200);
      await harness.advance(31);
      expect(await storm(browser, 1)).toEqual([401]);
    },
  );
});
