// Sessions while ZITADEL is away. Promise 6.

import { describe, expect, it } from 'vitest';
import { createShortLived, noted, roles, storm, tokenCalls } from '../session/support.ts';
import { createHarness } from '../support/harness.ts';

describe('promise 6: ZITADEL down is not the application down', () => {
  const OUTAGES = {
    'answers 500': { status: 500 },
    'answers 503 with JSON': { status: 503, body: { error: 'server_error' } },
    'answers 429': { status: 429, headers: { 'retry-after': '7' } },
    'answers 503 in the words of a dead token': { status: 503, body: { error: 'invalid_grant' } },
    'answers 429 in JSON': { status: 429, body: { error: 'invalid_grant' } },
    'breaks the connection': 'reset',
    hangs: 'hang',
    'shows a proxy’s page': 'html',
    'answers half a JSON': 'wrong-json',
    'answers with JSON that says nothing': { status: 200, body: {} },
    'answers with a list': { status: 200, body: [] },
    'sends megabytes': 'huge-body',
    redirects: { status: 302, headers: { location: 'https://evil.example/' } },
    'refuses the gateway’s own credentials': { status: 400, body: { error: 'invalid_client' } },
  } as const;

  it.each(Object.entries(OUTAGES))('signed-in users keep working while it %s', async (_, fault) => {
    const hangs = fault === 'hang';
    // Real time: short enough for a test, long enough for a busy machine.
    const harness = createShortLived(hangs ? { providerDeadline: 500 } : {});
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.zitadel.faults.set('token', fault);
    harness.zitadel.faults.set('userinfo', fault);
    for (let round = 0; round < (hangs ? 4 : 12); round++) {
      await harness.advance(290);
      expect(await storm(browser, 3)).toEqual([200, 200, 200]);
    }
    harness.zitadel.faults.clear();
    harness.zitadel.setUserRoles('admin', ['user']);
    await harness.advance(301);
    await storm(browser, 1);
    await harness.settle();
    expect(await roles(browser)).toBe('user');
    expect(noted(harness, 'session_ended')).toEqual([]);
  });

  it('a storm of requests makes no storm at ZITADEL: the next try is backed off', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(700);
    harness.zitadel.faults.set('token', { status: 503 });
    for (let second = 0; second < 120; second++) {
      await storm(browser, 20);
      await harness.advance(1);
    }
    const times = tokenCalls(harness).map(({ at }) => at);
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 5, 15, 35, 75]);
  });

  it('Retry-After is respected, by every session and even by sign-outs', async () => {
    const harness = createHarness();
    const [one, two] = [harness.browser(), harness.browser()];
    await harness.signIn(one, 'admin');
    await harness.signIn(two, 'user');
    await harness.advance(301);
    harness.zitadel.faults.set('userinfo', { status: 429, headers: { 'retry-after': '90' } });
    const before = harness.zitadel.calls.userinfo;
    for (let second = 0; second < 85; second += 5) {
      await storm(one, 3);
      await storm(two, 3);
      await harness.advance(5);
    }
    expect(harness.zitadel.calls.userinfo).toBe(before + 1);
    expect((await two.navigate('/auth/logout')).status).toBe(200);
    expect(harness.zitadel.calls.revocation).toBe(0);
    await harness.advance(60);
    expect(harness.zitadel.calls.revocation).toBe(1);
  });

  it('a token endpoint that is away does not hinder readings while the old token lives', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(470);
    harness.zitadel.faults.set('token', { status: 503 });
    harness.zitadel.setUserRoles('admin', ['user']);
    expect(await roles(browser)).toBe('user');
    expect(noted(harness, 'refresh_failed').length).toBeLessThanOrEqual(1);
  });

  it('the gateway’s own mistake is logged as an error, and the session kept', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(700);
    harness.zitadel.webApplication.active = false;
    expect(await storm(browser, 3)).toEqual([200, 200, 200]);
    expect(noted(harness, 'refresh_failed')).toMatchObject([
      { level: 'error', reason: expect.stringContaining('invalid_client') },
    ]);
  });

  it.each([429, 500, 502])('%i at userinfo ends no session, not even when it calls itself a JWT', async (status) => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(301);
    harness.zitadel.faults.set('userinfo', { status, body: 'x', headers: { 'content-type': 'application/jwt' } });
    expect(await storm(browser, 3)).toEqual([200, 200, 200]);
    expect(noted(harness, 'session_ended')).toEqual([]);
  });

  it.each(['a\nb', 'a b', 'tökén', '\ud800'])(
    'a renewed access token that no header field can hold (%j) goes nowhere',
    async (access_token) => {
      const harness = createShortLived({ env: { ROUTES: [{ path: '/api/*', forward_access_token: true }] } });
      const browser = harness.browser();
      await harness.signIn(browser, 'admin');
      await harness.advance(700);
      harness.zitadel.tamper.tokenResponse = async (json) => ({ ...json, access_token });
      expect(await storm(browser, 2, '/api/x')).toEqual([503, 503]);
      expect(noted(harness, 'refresh_failed')).toMatchObject([
        { reason: expect.stringContaining('access_token has signs') },
      ]);
    },
  );

  it('keys that can’t be had when a renewal comes in lose no tokens', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.zitadel.rotateKeys();
    await harness.advance(700);
    harness.zitadel.faults.set('keys', { status: 503 });
    expect(await storm(browser, 3)).toEqual([200, 200, 200]);
    harness.zitadel.faults.clear();
    await harness.advance(700);
    expect(await storm(browser, 3)).toEqual([200, 200, 200]);
    expect(tokenCalls(harness).map(({ status }) => status)).toEqual([200, 200]);
  });
});
