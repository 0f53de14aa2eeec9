// Promises 1 and 2: one refresh however many ask, and none is lost. ARCHITECTURE §5.

import { describe, expect, it, vi } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createShortLived, liveRefreshTokens, noted, storm, tokenCalls } from '../session/support.ts';

const ALL_FINE = (count: number) => Array.from({ length: count }, () => 200);

describe('promise 1', () => {
  it('one hundred parallel requests at expiry make exactly one refresh, and all succeed', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(700);
    const userinfoBefore = harness.zitadel.calls.userinfo;
    expect(await storm(browser, 100)).toEqual(ALL_FINE(100));
    await harness.settle();
    expect(tokenCalls(harness)).toHaveLength(1);
    expect(harness.zitadel.calls.userinfo - userinfoBefore).toBe(1);
  });

  it('in five isolates with a slow token endpoint too', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(700);
    harness.zitadel.faults.set('token', { delay: 150 });
    const { jar } = browser;
    const isolates = Array.from({ length: 5 }, () => harness.isolate());
    const cookie = await jar.getCookieString('https://app.example.com/');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const request = new Request('https://app.example.com/page', { headers: { cookie, 'sec-fetch-mode': 'cors' } });
        return isolates[index % 5]?.fetch(request);
      }),
    );
    expect(answers.map((answer) => answer?.status)).toEqual(ALL_FINE(100));
    expect(tokenCalls(harness)).toHaveLength(1);
  });

  it('whoever comes later with the cookie of the generation before gets on too', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const old = await browser.jar.serialize();
    await harness.advance(700);
    expect(await storm(browser, 3)).toEqual(ALL_FINE(3));
    const late = harness.browser(harness.isolate());
    for (const { key, value } of old.cookies)
      await late.jar.setCookie(`${key}=${value}; Path=/; Secure`, 'https://app.example.com/');
    expect(await storm(late, 3)).toEqual(ALL_FINE(3));
    expect(tokenCalls(harness)).toHaveLength(1);
  });

  it('one hundred requests for a route that forwards the token make one refresh, and send one token', async () => {
    const env = { ROUTES: [{ path: '/api/*', forward_access_token: true }] };
    const harness = createShortLived({ env });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(500);
    expect(await storm(browser, 100, '/api/x')).toEqual(ALL_FINE(100));
    await harness.settle();
    expect(tokenCalls(harness)).toHaveLength(1);
    const sent = new Set(harness.received.slice(-100).map(({ headers }) => headers.get('authorization')));
    expect(sent.size).toBe(1);
    expect(tokenCalls(harness)[0]?.at).toBe(harness.clock.now);
  });

  it('the token is not renewed while a quarter of its life is left', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(440);
    expect(await storm(browser, 3)).toEqual(ALL_FINE(3));
    await harness.settle();
    expect(tokenCalls(harness)).toHaveLength(0);
    await harness.advance(160);
    await storm(browser, 3);
    await harness.settle();
    expect(tokenCalls(harness)).toHaveLength(1);
  });
});

describe('promise 2', () => {
  it('a refresh whose visitor hung up is brought home for the next request', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(700);
    harness.zitadel.faults.set('token', { delay: 60 });
    // Nobody ever looks at this answer.
    void browser.fetch('/page').catch(() => undefined);
    await harness.settle();
    expect(await storm(browser, 2)).toEqual(ALL_FINE(2));
    expect(tokenCalls(harness)).toHaveLength(1);
  });

  it('tokens that KV refuses are kept by the object, used meanwhile, and written when KV is back', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.settle();
    harness.kv.faults.failWrites = true;
    for (let round = 1; round <= 3; round++) {
      await harness.advance(700);
      harness.objects.evict();
      expect(await storm(browser, 5)).toEqual(ALL_FINE(5));
      await harness.settle();
      expect(tokenCalls(harness)).toHaveLength(round);
    }
    harness.kv.faults.failWrites = false;
    await harness.advance(20);
    expect(
      JSON.stringify([...(harness.objects.storages.get(`user:${SEED.users.admin}`)?.entries ?? [])]),
    ).not.toContain('unwritten');
    // Reads may lag behind a write that came ten minutes after its tokens.
    harness.kv.faults.lag = 60;
    for (const [key, entry] of harness.kv.entries) {
      harness.kv.entries.set(key, { ...entry, writtenAt: harness.clock.now });
    }
    await harness.advance(30);
    expect(await storm(browser, 2)).toEqual(ALL_FINE(2));
    expect(harness.kv.entries.size).toBe(1);
  });

  it('a KV that hangs holds up neither sign-in nor refresh', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    harness.kv.faults.hang = true;
    expect((await harness.signIn(browser, 'admin')).status).toBe(200);
    expect(await storm(browser, 2)).toEqual(ALL_FINE(2));
  });

  it('an object evicted at any moment loses nothing that it has answered', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    for (let round = 0; round < 8; round++) {
      harness.objects.evict();
      await harness.advance(200);
      harness.objects.evict();
      expect(await storm(browser, 3)).toEqual(ALL_FINE(3));
    }
    expect(noted(harness, 'session_ended')).toEqual([]);
  });

  it('a refresh that ZITADEL did and nobody heard of: tried once more, then the user signs in once', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(700);
    harness.zitadel.faults.set('token', 'reset', { times: 1, afterWork: true });
    expect(await storm(browser, 1)).toEqual([200]);
    await harness.advance(30);
    expect(await storm(browser, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    await harness.advance(600);
    await storm(browser, 10);
    expect(tokenCalls(harness).map(({ status }) => status)).toEqual([0, 400]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ reason: 'refresh_token_dead' }]);
    expect((await harness.signIn(browser, 'admin')).status).toBe(200);
  });

  it.each([
    ['by others, before the alarm has rung', false],
    ['by the visitor, whose old token has been revoked by then', true],
  ])(
    'when the session ends while a refresh is under way, its new refresh token is revoked too: %s',
    async (_, revokeNow) => {
      const harness = createShortLived();
      const browser = harness.browser();
      await harness.signIn(browser, 'admin');
      await harness.advance(700);
      const answered = Promise.withResolvers<void>();
      harness.zitadel.faults.set('token', { until: answered.promise }, { times: 1, afterWork: true });
      harness.zitadel.calls.reset();
      const underWay = browser.fetch('/page');
      await vi.waitFor(() => expect(harness.zitadel.calls.token).toBe(1));
      const object = harness.gateway.directory.ofUser(SEED.users.admin);
      const [{ id = '' } = {}] = await object.list();
      await object.end({ id }, 'logout', revokeNow);
      answered.resolve();
      await underWay;
      await harness.settle();
      expect(liveRefreshTokens(harness)).toBe(0);
      expect(harness.kv.entries.size).toBe(0);
      expect(await storm(browser, 2)).toEqual([401, 401]);
    },
  );
});
