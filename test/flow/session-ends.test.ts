// Promise 4: signed out means signed out. Every way a session ends, and that nothing brings it back. ARCHITECTURE §5, §2.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { liveRefreshTokens, noted, sessionIds, storm } from '../session/support.ts';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness } from '../support/harness.ts';

const { admin } = SEED.users;
const OPERATOR_SECRET = 'c4e1a97d5b2f8063e9d4c7a1b5f20896d3e7c1a4b8f5029663d7e0a1c4b8f592';

async function signedIn(harness: Harness, user = 'admin'): Promise<TestBrowser> {
  const browser = harness.browser();
  await harness.signIn(browser, user);
  await harness.settle();
  return browser;
}

/** The same cookies in an isolate that has seen none of it: what a thief has. */
async function thief(harness: Harness, browser: TestBrowser): Promise<TestBrowser> {
  const other = harness.browser(harness.isolate());
  for (const [name, value] of await browser.cookies()) {
    await other.jar.setCookie(`${name}=${value}; Path=/; Secure`, 'https://app.example.com/');
  }
  return other;
}

/** An upstream that has `/slow` wait: what happens between `arrived` and `release` happens while the response is in flight. */
function createSlow() {
  const [atUpstream, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const upstream = async (request: Request) => {
    if (new URL(request.url).pathname === '/slow') {
      atUpstream.resolve();
      await held.promise;
    }
    return new Response('done');
  };
  return { harness: createHarness({ upstream }), arrived: atUpstream.promise, release: () => held.resolve() };
}

describe('promise 4: signed out means signed out', () => {
  it('by the visitor: a stolen cookie is worth nothing within REVOCATION_MAX_AGE, and the refresh token is revoked', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    const stolen = await thief(harness, browser);
    expect(await storm(stolen, 1)).toEqual([200]);
    const answer = await browser.navigate('/auth/logout');
    expect(answer.headers.get('location')).toContain('id_token_hint=');
    expect(liveRefreshTokens(harness)).toBe(0);
    await harness.advance(30);
    expect(await storm(stolen, 2)).toEqual([401, 401]);
    expect(await storm(browser, 1)).toEqual([401]);
    await harness.settle();
    expect(harness.kv.entries.size).toBe(0);
  });

  it('from another device, by the button on the profile page', async () => {
    const harness = createHarness();
    const here = await signedIn(harness);
    const there = await signedIn(harness);
    const page = await (await here.navigate('/auth/profile')).text();
    const ids = await sessionIds(harness, admin);
    for (const id of ids) expect(page).toContain(id);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const body = new URLSearchParams({ session: 'others', csrf });
    const answer = await here.navigate('/auth/profile', {
      method: 'POST',
      body,
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status).toBe(303);
    await harness.advance(30);
    expect(await storm(there, 1)).toEqual([401]);
    expect(await storm(here, 1)).toEqual([200]);
    expect(liveRefreshTokens(harness)).toBe(1);
  });

  it('by ZITADEL’s back channel', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    const other = await signedIn(harness);
    const [first] = [...harness.zitadel.sessions.sso.values()];
    harness.zitadel.terminateSession(first?.sid ?? '');
    await harness.advance(30);
    expect(await storm(browser, 1)).toEqual([401]);
    expect(await storm(other, 1)).toEqual([200]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'backchannel_logout', sub: admin }]);
    expect(liveRefreshTokens(harness)).toBe(1);
  });

  it('by an operator, one session or all', async () => {
    const harness = createHarness({ env: { OPERATOR_SECRET } });
    const browsers = [await signedIn(harness), await signedIn(harness), await signedIn(harness)];
    const [id = ''] = await sessionIds(harness, admin);
    const ask = (query: string, method = 'DELETE', authorization = `Bearer ${OPERATOR_SECRET}`) =>
      harness.app.fetch(
        new Request(`https://app.example.com/auth/operator/sessions?${query}`, { method, headers: { authorization } }),
      );
    expect((await ask(`sub=${admin}`, 'DELETE', 'Bearer wrong')).status).toBe(401);
    expect(await (await ask(`sub=${admin}&id=${id}`)).json()).toMatchObject({ ended: 1 });
    expect(await sessionIds(harness, admin)).toHaveLength(2);
    expect(await (await ask(`sub=${admin}`)).json()).toMatchObject({ ended: 2 });
    await harness.advance(30);
    for (const browser of browsers) expect(await storm(browser, 1)).toEqual([401]);
    expect(liveRefreshTokens(harness)).toBe(0);
  });

  it('a response already in flight can’t bring the session back', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.gateway.directory.ofUser(admin).end({ allExcept: null }, 'operator', false);
    await harness.advance(60);
    release();
    const { status, headers } = await answer;
    expect([status, headers.getSetCookie()]).toEqual([200, []]);
    expect(await storm(browser, 1)).toEqual([401]);
  });

  it('nor prolong a session whose object can’t be asked', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.advance(30);
    harness.objects.isDown = true;
    release();
    const { status, headers } = await answer;
    expect([status, headers.getSetCookie()]).toEqual([200, []]);
  });

  it('nor put its cookie over that of a newer session of the same browser', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.advance(31);
    const login = await browser.navigate('/auth/login?prompt=login');
    const back = await harness.zitadel.signIn({ authorizeUrl: login.headers.get('location') ?? '', user: 'admin' });
    expect((await browser.navigate(back, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(302);
    await harness.advance(35);
    release();
    await answer;
    await harness.advance(3000);
    expect(await storm(browser, 1)).toEqual([200]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'replaced' }]);
  });

  it('an expired session is not renewed by a response that was in flight when it expired', async () => {
    const { harness, arrived, release } = createSlow();
    const browser = await signedIn(harness);
    await harness.advance(1000);
    const answer = browser.fetch('/slow');
    await arrived;
    await harness.advance(3700);
    release();
    const { status, headers } = await answer;
    expect([status, headers.getSetCookie()]).toEqual([200, []]);
    expect(await storm(browser, 1)).toEqual([401]);
  });
});

describe('the end by time', () => {
  it('without a refresh token comes with that of the access token', async () => {
    const harness = createHarness({
      env: { ZITADEL_SCOPES: 'openid profile email' },
      zitadel: { lifetimes: { accessToken: 1200 } },
    });
    const browser = await signedIn(harness);
    const me = (await (await browser.fetch('/auth/userinfo')).json()) as { session: { expires_at: number } };
    const left = me.session.expires_at - harness.clock.now;
    expect(left).toBeGreaterThan(1100);
    expect(left).toBeLessThanOrEqual(1200);
    // In its last seconds the token is no longer trusted to read claims with.
    await harness.advance(left - 20);
    expect(await storm(browser, 1)).toEqual([200]);
    await harness.advance(20);
    expect(await storm(browser, 1)).toEqual([401]);
  });

  it('idle: after SESSION_DURATION without activity, and the refresh token is revoked by the alarm', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    await harness.advance(3500);
    expect(await storm(browser, 1)).toEqual([200]);
    await harness.advance(3500);
    expect(await storm(browser, 1)).toEqual([200]);
    await harness.advance(3601);
    expect(await storm(browser, 1)).toEqual([401]);
    await harness.advance(1100);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'idle' }]);
    expect(liveRefreshTokens(harness)).toBe(0);
    expect(harness.kv.entries.size).toBe(0);
  });

  it('absolute: SESSION_MAX_DURATION after sign-in, however active', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    for (let hours = 0; hours < 23; hours++) {
      await harness.advance(1800);
      expect(await storm(browser, 1)).toEqual([200]);
    }
    await harness.advance(1801);
    expect(await storm(browser, 1)).toEqual([401]);
    await harness.settle();
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'expired' }]);
    expect(liveRefreshTokens(harness)).toBe(0);
  });

  it('/auth/userinfo and X-Postern-Activity: background do not slide it', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    for (let minutes = 0; minutes < 60; minutes += 5) {
      expect((await browser.fetch('/auth/userinfo')).status).toBe(200);
      expect((await browser.fetch('/poll', { headers: { 'x-postern-activity': 'background' } })).status).toBe(200);
      await harness.advance(300);
    }
    expect(await storm(browser, 1)).toEqual([401]);
  });

  it('activity between background polls counts, and reaches the object', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    // The poll always comes when the standing is due, the person a moment later.
    for (let seconds = 0; seconds < 10_000; seconds += 60) {
      expect((await browser.fetch('/poll', { headers: { 'x-postern-activity': 'background' } })).status).toBe(200);
      await harness.advance(1);
      expect(await storm(browser, 1)).toEqual([200]);
      await harness.advance(59);
    }
    expect(noted(harness, 'session_ended')).toEqual([]);
  });

  it('a poll that answers later, from an isolate that has read newer claims, takes no activity back', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    const other = harness.isolate();
    for (let minutes = 5; minutes <= 50; minutes += 5) {
      await harness.advance(300);
      await browser.fetch('/poll', { headers: { 'x-postern-activity': 'background' } });
    }
    const cookie = await browser.jar.getCookieString('https://app.example.com/');
    expect(await storm(browser, 1)).toEqual([200]);
    await browser.sendTo(async (request) => other.fetch(request), '/poll', {
      headers: { cookie, 'sec-fetch-mode': 'cors', 'x-postern-activity': 'background' },
    });
    await harness.advance(3000);
    expect(await storm(browser, 1)).toEqual([200]);
  });

  it('a browser that missed its renewed cookie is not idle while the object knows better', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    browser.keepsCookies = false;
    for (let round = 0; round < 4; round++) {
      await harness.advance(3000);
      const other = await thief(harness, browser);
      expect(await storm(other, 1)).toEqual([200]);
    }
    await harness.advance(3601);
    expect(await storm(browser, 1)).toEqual([401]);
  });

  it('leaves nothing behind: no KV entry, no record, no notice, once the tombstones are lifted', async () => {
    const harness = createHarness();
    await signedIn(harness);
    await signedIn(harness, 'user');
    for (const { sid } of harness.zitadel.sessions.sso.values()) harness.zitadel.terminateSession(sid);
    await harness.settle();
    await harness.advance(43_300);
    await harness.advance(100);
    for (const { entries } of harness.objects.storages.values()) expect([...entries.keys()]).toEqual([]);
    expect(harness.kv.entries.size).toBe(0);
  });
});

describe('revocation at ZITADEL', () => {
  it('is tried again by the alarm until ZITADEL answers', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    harness.zitadel.faults.set('revocation', { status: 503 });
    const answer = await browser.navigate('/auth/logout');
    expect(answer.status).toBe(200);
    expect(liveRefreshTokens(harness)).toBe(1);
    await harness.advance(600);
    expect(liveRefreshTokens(harness)).toBe(1);
    harness.objects.evict();
    harness.zitadel.faults.clear();
    await harness.advance(3600);
    expect(liveRefreshTokens(harness)).toBe(0);
  });

  it('one alarm asks a ZITADEL that is away once, not for each of a user’s sessions', async () => {
    const harness = createHarness();
    for (let device = 0; device < 5; device++) await signedIn(harness);
    harness.zitadel.faults.set('revocation', { status: 503 });
    await harness.gateway.directory.ofUser(admin).end({ allExcept: null }, 'operator', false);
    await harness.settle();
    expect(harness.zitadel.calls.revocation).toBe(1);
    harness.zitadel.faults.clear();
    await harness.advance(3600);
    expect(liveRefreshTokens(harness)).toBe(0);
  });

  it('leaves a tombstone that opens nothing: no key, no identity, no tokens (promise 7)', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    const [id = ''] = await sessionIds(harness, admin);
    await browser.navigate('/auth/logout');
    await harness.settle();
    const tombstone = harness.objects.storages.get(`user:${admin}`)?.get(`session/${id}`);
    expect(tombstone).toMatchObject({ id, ended: { reason: 'logout' } });
    for (const name of ['secret', 'identity', 'unwritten', 'revocation']) expect(tombstone).not.toHaveProperty(name);
  });

  it('is not waited for long when somebody signs out', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    harness.zitadel.faults.set('revocation', 'hang');
    const begun = performance.now();
    expect((await browser.navigate('/auth/logout')).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(4_500);
    harness.zitadel.close();
  });

  it('is given up a day after the session’s end when ZITADEL keeps refusing the gateway', async () => {
    const harness = createHarness();
    const browser = await signedIn(harness);
    harness.zitadel.faults.set('revocation', { status: 400, body: { error: 'invalid_client' } });
    await browser.navigate('/auth/logout');
    for (let hour = 0; hour < 40; hour++) await harness.advance(3600);
    const levels = noted(harness, 'revocation').map(({ level }) => level);
    expect(new Set(levels)).toEqual(new Set(['error']));
    // After 0, 1, 2, 4 … 60 minutes, and then once an hour of the clock that this test turns.
    expect(levels.length).toBeGreaterThan(20);
    expect(levels.length).toBeLessThan(30);
    expect(harness.objects.storages.get(`user:${admin}`)?.entries.size).toBe(0);
  });
});
