// The session's cookie, the keys that seal it, and what a request with it costs. ARCHITECTURE §6 Cookie; promises 8 and 11.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createShortLived, roles, storm, tokenCalls } from '../session/support.ts';
import { createHarness, type Harness, OTHER_SECRET, SECRET } from '../support/harness.ts';

const { admin } = SEED.users;

describe('promise 8: keys rotate without anyone noticing', () => {
  it('SESSION_SECRET: the old key’s cookies and tokens are taken, and renewed under the new one', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.settle();
    const rotated = harness.browser(harness.isolate({ SESSION_SECRET: `${OTHER_SECRET},${SECRET}` }));
    for (const [name, value] of await browser.cookies())
      await rotated.jar.setCookie(`${name}=${value}; Path=/; Secure`, 'https://app.example.com/');
    expect(await storm(rotated, 1)).toEqual([200]);
    await harness.advance(200);
    await storm(rotated, 1);
    await harness.settle();
    expect(harness.kv.entries.size).toBe(1);
    // The old key is gone now.
    const after = harness.browser(harness.isolate({ SESSION_SECRET: OTHER_SECRET }));
    for (const [name, value] of await rotated.cookies())
      await after.jar.setCookie(`${name}=${value}; Path=/; Secure`, 'https://app.example.com/');
    for (let round = 0; round < 4; round++) {
      expect(await storm(after, 2)).toEqual([200, 200]);
      await harness.advance(400);
    }
    expect(tokenCalls(harness).length).toBeGreaterThan(0);
  });

  it('ZITADEL’s signing key, in the middle of a session', async () => {
    const harness = createShortLived();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    for (const algorithm of ['ES256', 'RS256'] as const) {
      await harness.zitadel.rotateKeys(algorithm);
      await harness.advance(700);
      expect(await storm(browser, 3)).toEqual([200, 200, 200]);
    }
    expect(tokenCalls(harness).map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('promise 11: the cost of being signed in', () => {
  it('a repeated request asks no store, no object, not ZITADEL, and does no cryptography', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await storm(browser, 1);
    await harness.settle();
    const before = [
      harness.objects.calls,
      harness.kv.reads,
      harness.kv.writes.length,
      harness.zitadel.calls.list.length,
    ];
    const { subtle } = crypto;
    let cryptography = 0;
    const counting = new Proxy(subtle, {
      get: (target, name) => {
        cryptography += 1;
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    Object.defineProperty(crypto, 'subtle', { value: counting, configurable: true });
    try {
      await storm(browser, 500);
    } finally {
      Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true });
    }
    expect([
      harness.objects.calls,
      harness.kv.reads,
      harness.kv.writes.length,
      harness.zitadel.calls.list.length,
    ]).toEqual(before);
    expect(cryptography).toBe(0);
  });

  it('one call of the object for a session and REVOCATION_MAX_AGE, however many ask at once', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.settle();
    const calls = () => harness.objects.callsByMethod.get('standing') ?? 0;
    const before = calls();
    for (let second = 0; second < 120; second++) {
      await storm(browser, 5);
      await harness.advance(1);
    }
    expect(calls() - before).toBe(3);
  });

  it('when the object can’t be asked, nobody passes on an old standing', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.objects.isDown = true;
    expect(await storm(browser, 1)).toEqual([200]);
    await harness.advance(30);
    expect(await storm(browser, 2)).toEqual([503, 503]);
    harness.objects.isDown = false;
    expect(await storm(browser, 1)).toEqual([200]);
  });
});

describe('the session’s cookie', () => {
  function manyRoles(harness: Harness, count: number): void {
    const { project } = harness.zitadel;
    const keys = Array.from({ length: count }, (_, index) => `department-${index}-${'x'.repeat(20)}`);
    for (const key of keys) project.roles.set(key, { displayName: key });
    harness.zitadel.setUserRoles('admin', keys);
  }

  it('hundreds of roles go into chunks of at most 4,096 bytes', async () => {
    const harness = createHarness();
    manyRoles(harness, 150);
    const browser = harness.browser();
    const page = await harness.signIn(browser, 'admin');
    expect(page.status).toBe(200);
    const cookies = [...(await browser.cookies())].filter(([name]) => name.startsWith('__Host-postern.'));
    expect(cookies.length).toBeGreaterThan(1);
    for (const [name, value] of cookies) expect(name.length + value.length).toBeLessThanOrEqual(4096);
    expect((await roles(browser)).split(',')).toHaveLength(150);
    // Fewer roles, fewer chunks, and the surplus is deleted.
    manyRoles(harness, 2);
    await harness.advance(301);
    expect((await roles(browser)).split(',')).toHaveLength(2);
    expect((await roles(browser)).split(',')).toHaveLength(2);
    expect([...(await browser.cookies()).keys()]).toEqual(['__Host-postern']);
  });

  it('what would exceed 16 KB is kept in the object', async () => {
    const harness = createHarness({ env: { IDENTITY_MAX_BYTES: 40_000 } });
    manyRoles(harness, 600);
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    expect((await roles(browser)).split(',')).toHaveLength(600);
    const other = harness.browser(harness.isolate());
    const cookies = await browser.cookies();
    expect([...cookies.keys()]).toEqual(['__Host-postern']);
    for (const [name, value] of cookies)
      await other.jar.setCookie(`${name}=${value}; Path=/; Secure`, 'https://app.example.com/');
    expect((await roles(other)).split(',')).toHaveLength(600);
    await harness.advance(301);
    expect((await roles(other)).split(',')).toHaveLength(600);
  });

  it('a missing, foreign or surplus chunk is no session or no matter, never an error', async () => {
    const harness = createHarness();
    manyRoles(harness, 150);
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const cookies = [...(await browser.cookies())];
    const status = async (pairs: [string, string][]) => {
      const cookie = pairs.map(([name, value]) => `${name}=${value}`).join('; ');
      return (
        await harness.app.fetch(
          new Request('https://app.example.com/x', { headers: { cookie, 'sec-fetch-mode': 'cors' } }),
        )
      ).status;
    };
    expect(await status(cookies)).toBe(200);
    for (let left = 0; left < cookies.length; left++)
      expect(await status(cookies.filter((_, index) => index !== left))).toBe(401);
    expect(await status(cookies.map(([name, value], index) => [name, index === 1 ? 'foreign' : value]))).toBe(401);
    expect(await status([...cookies, [`__Host-postern.${cookies.length}`, 'left-behind']])).toBe(200);
  });

  it('one of a newer format than this release knows is no session, and is left alone', async () => {
    const harness = createHarness();
    const header = btoa(
      JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: 'x', typ: 'postern-session', ver: 2 }),
    ).replace(/=+$/, '');
    const cookie = `__Host-postern=${header}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`;
    for (const mode of ['cors', 'navigate']) {
      const headers = {
        cookie,
        'sec-fetch-mode': mode,
        'sec-fetch-dest': mode === 'cors' ? 'empty' : 'document',
        accept: 'text/html',
      };
      const answer = await harness.app.fetch(new Request('https://app.example.com/x', { headers }));
      expect([401, 302]).toContain(answer.status);
      for (const line of answer.headers.getSetCookie()) expect(line).not.toMatch(/^__Host-postern=/);
    }
  });

  it('a cookie that is remembered stands for itself alone: changed anywhere it is nobody’s, and the good one is still good', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const good = (await browser.cookies()).get('__Host-postern') ?? '';
    const { keyring } = harness.gateway;
    const anothers = await keyring.seal('session', { id: 'x', sub: 'x', startedAt: 1, seenAt: 1 });
    const statusWith = async (cookie: string) => {
      const headers = { cookie: `__Host-postern=${cookie}`, 'sec-fetch-mode': 'cors' };
      return (await harness.app.fetch(new Request('https://app.example.com/x', { headers }))).status;
    };
    expect(await statusWith(good)).toBe(200);
    // The last letter before the tag (RFC 4648 §3.5) may hold bits that say nothing: one that is whole is changed.
    const changed = [0, 40, 90, 200, good.length - 60, good.length - 26, good.length - 10].map((at) => {
      const sign = good[at] === 'A' ? 'B' : 'A';
      return good.slice(0, at) + sign + good.slice(at + 1);
    });
    // The same tag under something else, shorter and longer
    changed.push(anothers.slice(0, -22) + good.slice(-22), good.slice(-22), good.slice(1), `A${good}`);
    for (const cookie of changed) {
      expect(await statusWith(cookie), cookie).toBe(401);
      expect(await statusWith(good)).toBe(200);
    }
  });

  it('cookies of one purpose are never taken for another', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const session = (await browser.cookies()).get('__Host-postern') ?? '';
    const { keyring } = harness.gateway;
    for (const purpose of ['transaction', 'logout', 'confirm', 'form', 'tokens'] as const) {
      expect(await keyring.unseal(purpose, session)).toEqual({ kind: 'foreign' });
      const sealed = await keyring.seal(purpose, {
        id: 'x',
        sub: admin,
        startedAt: harness.clock.now,
        seenAt: harness.clock.now,
      });
      const headers = { cookie: `__Host-postern=${sealed}`, 'sec-fetch-mode': 'cors' };
      expect((await harness.app.fetch(new Request('https://app.example.com/x', { headers }))).status).toBe(401);
    }
  });
});
