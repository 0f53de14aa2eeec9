// A session ends by time, and its tokens are revoked at ZITADEL. ARCHITECTURE §1 SESSION_DURATION, SESSION_MAX_DURATION; RFC 7009.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { liveRefreshTokens, noted, sessionIds, signedIn, storm, thief } from '../session/support.ts';
import { createHarness } from '../support/harness.ts';

const { admin } = SEED.users;

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
