// A late answer never sets a cookie that a newer fact forbids, nor takes one away. Promises 1, 4 and 11; ARCHITECTURE §7 Sessions.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import type { Send, TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { createGate, FROM_PROVIDER, holdCall, OPERATOR_SECRET, setUp, signInAs, whoIs } from './late-steps.ts';
import { callbackFor } from './steps.ts';

const { admin, user } = SEED.users;
const TYPED = { headers: { 'sec-fetch-site': 'none' } };

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
    // Half of these questions are those that a session always asks.
    expect((harness.objects.callsByMethod.get('standing') ?? 0) - before).toBeLessThanOrEqual(21);
  });
});
