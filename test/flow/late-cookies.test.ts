// A late answer never sets a cookie that a newer fact forbids, nor takes one away. Promises 1, 4 and 11; design §7 Sessions.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { sessionIds } from '../session/support.ts';
import type { Send, TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { callbackFor, isSignedIn } from './steps.ts';

const OPERATOR_SECRET = 'f0e1d2c3b4a5968778695a4b3c2d1e0f-9a8b7c6d5e4f';
const { admin, user } = SEED.users;
const FROM_PROVIDER = { headers: { 'sec-fetch-site': 'cross-site' } };
const TYPED = { headers: { 'sec-fetch-site': 'none' } };

/** What waits for `release`: an upstream's `/slow`, or a call of ZITADEL's token endpoint. */
function createGate() {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const pass = async () => {
    reached.resolve();
    await released.promise;
  };
  return { pass, reached: reached.promise, release: () => released.resolve() };
}

function setUp() {
  const gate = createGate();
  const upstream = async (request: Request) => {
    if (new URL(request.url).pathname === '/slow') await gate.pass();
    return Response.json(Object.fromEntries(request.headers));
  };
  const harness = createHarness({ upstream, env: { OPERATOR_SECRET } });
  return { harness, gate, browser: harness.browser() };
}

async function whoIs(browser: TestBrowser): Promise<unknown> {
  const answer = await browser.fetch('/auth/userinfo');
  return answer.status === 200 ? ((await answer.json()) as { sub: string }).sub : answer.status;
}

/** By way of the isolate that `send` reaches. */
async function signInAs(harness: Harness, browser: TestBrowser, name: string, send: Send, extra = '') {
  const begun = await browser.sendTo(send, `/auth/login${extra}`, { headers: { 'sec-fetch-mode': 'navigate' } });
  const back = await callbackFor(harness, new URL(begun.headers.get('location') ?? ''), { user: name });
  expect((await browser.sendTo(send, String(back), FROM_PROVIDER)).status).toBe(302);
}

type Fact = readonly [
  name: string,
  happen: (harness: Harness, browser: TestBrowser, send: Send) => Promise<unknown>,
  then: unknown,
];

const FACTS: readonly Fact[] = [
  ['a sign-out', (_, browser, send) => browser.sendTo(send, '/auth/logout', TYPED), 401],
  ['another person’s sign-in', (harness, browser, send) => signInAs(harness, browser, 'user', send), user],
  [
    'their own new sign-in',
    (harness, browser, send) => signInAs(harness, browser, 'admin', send, '?prompt=login'),
    admin,
  ],
  [
    'a sign-out and another person’s sign-in',
    async (harness, browser, send) => {
      await browser.sendTo(send, '/auth/logout', TYPED);
      await signInAs(harness, browser, 'user', send);
    },
    user,
  ],
  [
    'the operator’s end',
    (_, browser, send) =>
      browser.sendTo(send, `/auth/operator/sessions?sub=${admin}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${OPERATOR_SECRET}` },
      }),
    401,
  ],
  [
    'ZITADEL’s back channel',
    async (harness) => {
      for (const { sid } of harness.zitadel.sessions.sso.values()) harness.zitadel.terminateSession(sid);
      await harness.settle();
    },
    401,
  ],
];

/** What the late answer would have renewed its cookie for. */
const DUE = [
  ['activity', 1000],
  ['newer claims', 200],
] as const;

describe.each(DUE)('an answer that would renew its cookie for %s', (_due, seconds) => {
  describe.each(['the same isolate', 'another isolate'])('in %s', (where) => {
    it.each(FACTS)('and is overtaken by %s sets none', async (_name, happen, then) => {
      const { harness, gate, browser } = setUp();
      await harness.signIn(browser, 'admin');
      const app = where === 'the same isolate' ? harness.app : harness.isolate();
      await browser.fetch('/page');
      await harness.advance(seconds);
      // Both isolates know the session to stand, now.
      await browser.fetch('/page', { headers: { 'x-postern-activity': 'background' } });
      await browser.sendTo(async (request) => app.fetch(request), '/page', {
        headers: { 'x-postern-activity': 'background' },
      });
      const late = browser.fetch('/slow');
      await gate.reached;
      await happen(harness, browser, async (request) => app.fetch(request));
      harness.clock.now += 2;
      gate.release();
      const { status, headers } = await late;
      expect([status, headers.getSetCookie()]).toEqual([200, []]);
      await harness.advance(31);
      expect(await whoIs(browser)).toBe(then);
    });
  });

  it('and is overtaken by nothing does so, slow as it may be', async () => {
    const { harness, gate, browser } = setUp();
    await harness.signIn(browser, 'admin');
    await harness.advance(seconds);
    // The claims are read behind this one.
    await browser.fetch('/page', { headers: { 'x-postern-activity': 'background' } });
    await harness.settle();
    const late = browser.fetch('/slow');
    await gate.reached;
    await harness.advance(60);
    gate.release();
    expect((await late).headers.getSetCookie()).toHaveLength(1);
    await harness.advance(3500);
    expect(await whoIs(browser)).toBe(admin);
  });
});

describe('a page of the gateway’s own that is made slowly', () => {
  it('/auth/profile sets no cookie over a newer one', async () => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    await harness.advance(1000);
    const gate = createGate();
    const { open } = harness.objects;
    harness.objects.open = (name) => {
      const object = open.call(harness.objects, name);
      return new Proxy(object, {
        get: (target, method: keyof typeof object) =>
          method === 'list' ? () => gate.pass().then(() => object.list()) : Reflect.get(target, method),
      });
    };
    const late = browser.navigate('/auth/profile');
    await gate.reached;
    await signInAs(harness, browser, 'user', async (request) => harness.app.fetch(request));
    gate.release();
    await harness.advance(2);
    expect((await late).headers.getSetCookie()).toEqual([]);
    expect(await whoIs(browser)).toBe(user);
  });
});

/** The next call of this endpoint of ZITADEL's waits. */
function holdCall(harness: Harness, path: string) {
  const gate = createGate();
  const { fetch } = harness.zitadel;
  let isHeld = false;
  harness.zitadel.fetch = async (request) => {
    const { pathname } = new URL(request instanceof Request ? request.url : request);
    if (!isHeld && pathname.endsWith(path)) {
      isHeld = true;
      await gate.pass();
    }
    return fetch(request);
  };
  return gate;
}

describe('a request that was long on its way', () => {
  it.each(FACTS)('to an isolate that has not heard of %s brings no cookie back', async (_fact, happen) => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    const elsewhere = harness.isolate();
    const there = async (request: Request) => elsewhere.fetch(request);
    const here = async (request: Request) => harness.app.fetch(request);
    await harness.advance(1000);
    // Over there a newer cookie is ready, which the browser has not got.
    browser.keepsCookies = false;
    expect((await browser.sendTo(there, '/page')).headers.getSetCookie()).toHaveLength(1);
    browser.keepsCookies = true;
    const cookie = await browser.jar.getCookieString(`${ORIGIN}/`);
    await harness.settle();
    harness.clock.now += 10;
    await happen(harness, browser, here);
    const late = await browser.sendTo(there, '/page', { headers: { cookie } });
    expect(late.headers.getSetCookie()).toEqual([]);
  });

  it('brings it where nothing has happened, and the object is asked once', async () => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    await harness.advance(1000);
    browser.keepsCookies = false;
    await browser.fetch('/page');
    harness.clock.now += 10;
    const before = harness.objects.calls;
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.fetch('/page')));
    expect(answers.some(({ headers }) => headers.getSetCookie().length === 1)).toBe(true);
    expect(harness.objects.calls - before).toBe(1);
  });
});

describe('an answer that lets nobody in', () => {
  it('neither sets nor takes a session’s cookie: it may be late, and the browser signed in anew', async () => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    await harness.gateway.directory.ofUser(admin).end({ allExcept: null }, 'operator', false);
    await harness.advance(31);
    for (const path of ['/page', '/auth/userinfo', '/auth/profile']) {
      const asked = await browser.fetch(path);
      expect([path, asked.status, asked.headers.getSetCookie()]).toEqual([path, 401, []]);
      const sent = await browser.navigate(path);
      const touched = sent.headers.getSetCookie().filter((line) => /^__Host-postern(\.\d+)?=/.test(line));
      expect([path, touched]).toEqual([path, []]);
    }
  });
});

describe('a late sign-out', () => {
  it.each([
    ['their own', 'admin', admin],
    ['another person’s', 'user', user],
  ])('does not take the cookie of %s newer sign-in', async (_whose, name, then) => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    const login = new URL((await browser.navigate('/auth/login?prompt=login')).headers.get('location') ?? '');
    const back = await callbackFor(harness, login, { user: name });
    const gate = holdCall(harness, '/revoke');
    const late = browser.navigate('/auth/logout');
    await gate.reached;
    // The browser had not been told of the sign-out when it came back from ZITADEL.
    harness.clock.now += 1;
    expect((await browser.navigate(String(back), FROM_PROVIDER)).status).toBe(302);
    gate.release();
    const { headers } = await late;
    expect(headers.getSetCookie().filter((line) => /^__Host-postern=/.test(line))).toEqual([]);
    expect(await whoIs(browser)).toBe(then);
  });
});

describe('a callback that is overtaken', () => {
  it('by another person’s sign-in leaves the browser theirs, and nothing of its own behind', async () => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    const login = new URL((await browser.navigate('/auth/login?prompt=login')).headers.get('location') ?? '');
    const back = await callbackFor(harness, login, { user: 'admin' });
    const gate = holdCall(harness, '/token');
    const late = browser.navigate(String(back), FROM_PROVIDER);
    await gate.reached;
    harness.clock.now += 2;
    await signInAs(harness, browser, 'user', async (request) => harness.app.fetch(request));
    gate.release();
    const { status, headers } = await late;
    expect([status, headers.getSetCookie().filter((line) => !line.startsWith('__Host-postern-tx-'))]).toEqual([
      302,
      [],
    ]);
    expect(await whoIs(browser)).toBe(user);
    await harness.settle();
    expect(await sessionIds(harness, admin)).toEqual([]);
  });

  it('by a sign-out signs nobody in', async () => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    const login = new URL((await browser.navigate('/auth/login?prompt=login')).headers.get('location') ?? '');
    const back = await callbackFor(harness, login, { user: 'user' });
    const gate = holdCall(harness, '/token');
    const late = browser.navigate(String(back), FROM_PROVIDER);
    await gate.reached;
    harness.clock.now += 2;
    await browser.navigate('/auth/logout');
    gate.release();
    expect((await late).status).toBe(302);
    expect(await isSignedIn(browser)).toBe(false);
    await harness.settle();
    for (const sub of [admin, user]) expect(await sessionIds(harness, sub)).toEqual([]);
  });

  describe.each([
    ['that began before it', true],
    ['that began while it was under way', false],
  ])('by another sign-in %s, in a browser that had no session', (_when, isBefore) => {
    it.each(['the same isolate', 'another isolate'])('in %s, leaves the browser that one’s', async (where) => {
      const { harness, browser } = setUp();
      const app = where === 'the same isolate' ? harness.app : harness.isolate();
      const begin = async () => {
        const begun = await browser.navigate('/auth/login?prompt=login');
        return new URL(begun.headers.get('location') ?? '');
      };
      const first = await callbackFor(harness, await begin(), { user: 'admin' });
      const early = isBefore ? await begin() : undefined;
      const gate = holdCall(harness, '/token');
      const late = browser.navigate(String(first), FROM_PROVIDER);
      await gate.reached;
      harness.clock.now += 2;
      const second = await callbackFor(harness, early ?? (await begin()), { user: 'user' });
      const answer = await browser.sendTo(async (request) => app.fetch(request), String(second), FROM_PROVIDER);
      expect(answer.headers.getSetCookie().some((line) => line.startsWith('__Host-postern='))).toBe(true);
      gate.release();
      const { status, headers } = await late;
      expect([status, headers.getSetCookie().some((line) => line.startsWith('__Host-postern='))]).toEqual([302, false]);
      expect(await whoIs(browser)).toBe(user);
      await harness.settle();
      expect([await sessionIds(harness, admin), (await sessionIds(harness, user)).length]).toEqual([[], 1]);
      for (const seconds of [43_300, 200, 200]) await harness.advance(seconds);
      for (const { entries } of harness.objects.storages.values()) expect([...entries.keys()]).toEqual([]);
    });
  });

  it('in one second with another leaves one of the two, whichever answers first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const { harness, browser } = setUp();
      const backs = [];
      for (const name of ['admin', 'user']) {
        const begun = await browser.navigate('/auth/login?prompt=login');
        backs.push(await callbackFor(harness, new URL(begun.headers.get('location') ?? ''), { user: name }));
      }
      const gates = [holdCall(harness, '/userinfo'), holdCall(harness, '/userinfo')];
      const answers = [];
      for (const [index, back] of backs.entries()) {
        answers.push(browser.navigate(String(back), FROM_PROVIDER));
        // The one that was wrapped last is met first.
        await gates[1 - index]?.reached;
      }
      for (const index of order) {
        gates[1 - index]?.release();
        await answers[index];
      }
      await harness.settle();
      const left = [await sessionIds(harness, admin), await sessionIds(harness, user)].flat();
      expect(left).toHaveLength(1);
      expect([admin, user]).toContain(await whoIs(browser));
    }
  });

  it('by one that answers first, though it was asked for earlier, takes that one’s place', async () => {
    const { harness, browser } = setUp();
    const backs = [];
    for (const name of ['admin', 'user']) {
      const begun = await browser.navigate('/auth/login?prompt=login');
      backs.push(await callbackFor(harness, new URL(begun.headers.get('location') ?? ''), { user: name }));
    }
    const [second, first] = [holdCall(harness, '/userinfo'), holdCall(harness, '/userinfo')];
    const earlier = browser.navigate(String(backs[0]), FROM_PROVIDER);
    await first.reached;
    harness.clock.now += 1;
    const later = browser.navigate(String(backs[1]), FROM_PROVIDER);
    await second.reached;
    first.release();
    await earlier;
    expect(await whoIs(browser)).toBe(admin);
    second.release();
    await later;
    expect(await whoIs(browser)).toBe(user);
    await harness.settle();
    expect([await sessionIds(harness, admin), (await sessionIds(harness, user)).length]).toEqual([[], 1]);
  });

  it('by nothing ends any number of tabs that sign in one after the other in the last one’s session', async () => {
    const { harness, browser } = setUp();
    const backs = [];
    for (const name of ['admin', 'user', 'admin', 'admin', 'user', 'user', 'admin', 'user']) {
      const begun = await browser.navigate('/auth/login?prompt=login');
      backs.push([
        name,
        await callbackFor(harness, new URL(begun.headers.get('location') ?? ''), { user: name }),
      ] as const);
    }
    for (const [name, back] of backs) {
      expect((await browser.navigate(String(back), FROM_PROVIDER)).headers.getSetCookie()).toHaveLength(2);
      expect(await whoIs(browser)).toBe(name === 'admin' ? admin : user);
    }
    await harness.advance(61);
    expect([await sessionIds(harness, admin), (await sessionIds(harness, user)).length]).toEqual([[], 1]);
  });

  it('is taken in full when the answer of the sign-in before it was lost', async () => {
    const { harness, browser } = setUp();
    await harness.signIn(browser, 'admin');
    const cookies = await browser.cookies();
    await signInAs(harness, browser, 'admin', async (request) => harness.app.fetch(request));
    for (const [name, value] of cookies) {
      await browser.jar.setCookie(`${name}=${value}; Path=/; Secure`, 'https://app.example.com/');
    }
    harness.clock.now += 90;
    await signInAs(harness, browser, 'admin', async (request) => harness.app.fetch(request));
    expect(await whoIs(browser)).toBe(admin);
    await harness.advance(61);
    expect(await whoIs(browser)).toBe(admin);
    expect(await sessionIds(harness, admin)).toHaveLength(1);
  });
});

describe('promise 11: what this costs', () => {
  it('is one question for a hundred slow answers that would all renew, and none for the next hundred', async () => {
    const { harness, gate, browser } = setUp();
    await harness.signIn(browser, 'admin');
    await harness.advance(1000);
    await browser.fetch('/page', { headers: { 'x-postern-activity': 'background' } });
    await harness.settle();
    const slow = Array.from({ length: 100 }, () => browser.fetch('/slow'));
    await gate.reached;
    harness.clock.now += 2;
    const before = harness.objects.calls;
    gate.release();
    const renewing = (await Promise.all(slow)).filter(({ headers }) => headers.getSetCookie().length > 0);
    expect([renewing.length, harness.objects.calls - before]).toEqual([1, 1]);
    await Promise.all(Array.from({ length: 100 }, () => browser.fetch('/slow')));
    expect(harness.objects.calls - before).toBe(1);
  });

  it('is a question in REVOCATION_MAX_AGE at most for a client that never keeps a cookie', async () => {
    const harness = createHarness({
      upstream: async () => {
        harness.clock.now += 1;
        return new Response('slow');
      },
    });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    await harness.advance(1000);
    browser.keepsCookies = false;
    await browser.fetch('/page');
    await harness.settle();
    const before = harness.objects.callsByMethod.get('standing') ?? 0;
    for (let second = 0; second < 300; second++) await browser.fetch('/page');
    // As many again are what it costs to be signed in.
    expect((harness.objects.callsByMethod.get('standing') ?? 0) - before).toBeLessThanOrEqual(21);
  });
});
