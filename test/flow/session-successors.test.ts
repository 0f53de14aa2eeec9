// A session ends with its successor: what the same browser had before a step-up or a new sign-in. Promise 4; ARCHITECTURE §7 Sessions.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { liveRefreshTokens, noted, sessionIds, storm } from '../session/support.ts';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, ORIGIN } from '../support/harness.ts';
import { callbackFor, comeBack } from './steps.ts';

const OPERATOR_SECRET = 'f0e1d2c3b4a5968778695a4b3c2d1e0f-9a8b7c6d5e4f';
const { admin, user } = SEED.users;

/** The same cookies in an isolate that has seen none of it: what a thief has. */
async function copyOf(harness: Harness, browser: TestBrowser): Promise<TestBrowser> {
  const copy = harness.browser(harness.isolate());
  for (const [name, value] of await browser.cookies())
    await copy.jar.setCookie(`${name}=${value}; Path=/; Secure`, ORIGIN);
  return copy;
}

async function signInAgain(harness: Harness, browser: TestBrowser, name = 'admin'): Promise<void> {
  harness.clock.now += 1;
  const begun = await browser.navigate('/auth/login?prompt=login');
  const back = await callbackFor(harness, new URL(begun.headers.get('location') ?? ''), { user: name });
  expect((await comeBack(browser, back)).status).toBe(302);
  await harness.settle();
}

/** A browser that has signed in `times` times, and a copy of what it had before each sign-in but the first. */
async function setUp(times = 2) {
  const harness = createHarness({ env: { OPERATOR_SECRET } });
  const browser = harness.browser();
  await harness.signIn(browser, 'admin');
  const copies: TestBrowser[] = [];
  for (let time = 1; time < times; time++) {
    copies.push(await copyOf(harness, browser));
    await signInAgain(harness, browser);
  }
  return { harness, browser, copies };
}

const asOperator = (harness: Harness, query: string, method = 'DELETE') =>
  harness.app.fetch(
    new Request(`${ORIGIN}/auth/operator/sessions?sub=${admin}${query}`, {
      method,
      headers: { authorization: `Bearer ${OPERATOR_SECRET}` },
    }),
  );

/** Signs out what the profile page of another device lists. */
async function pressButton(harness: Harness, choose: (id: string) => string): Promise<void> {
  const [listed = ''] = await sessionIds(harness, admin);
  const elsewhere = harness.browser();
  await harness.signIn(elsewhere, 'admin');
  const csrf = /name="csrf" value="([^"]+)"/.exec(await (await elsewhere.navigate('/auth/profile')).text())?.[1] ?? '';
  const body = new URLSearchParams({ session: choose(listed), csrf });
  const headers = { 'sec-fetch-site': 'same-origin' };
  expect((await elsewhere.navigate('/auth/profile', { method: 'POST', body, headers })).status).toBe(303);
}

const ENDS: readonly [string, (harness: Harness, browser: TestBrowser) => Promise<unknown>][] = [
  ['the visitor’s sign-out', (_, browser) => browser.navigate('/auth/logout')],
  ['the button for this session on another device', (harness) => pressButton(harness, (id) => id)],
  ['the button for all others on another device', (harness) => pressButton(harness, () => 'others')],
  [
    'the operator, who ends what is listed',
    async (harness) => {
      const { sessions } = (await (await asOperator(harness, '', 'GET')).json()) as { sessions: { id: string }[] };
      for (const { id } of sessions) {
        expect(await (await asOperator(harness, `&id=${id}`)).json()).toMatchObject({ ended: 1 });
      }
    },
  ],
  ['the operator, who ends all', async (harness) => asOperator(harness, '')],
  [
    'ZITADEL’s back channel, for the newest session there',
    async (harness) => {
      const [id = ''] = await sessionIds(harness, admin);
      const { sid } = harness.objects.storages.get(`user:${admin}`)?.get<{ sid: string }>(`session/${id}`) ?? {};
      harness.zitadel.terminateSession(sid ?? '');
    },
  ],
];

describe('an end that comes within a minute of the last sign-in', () => {
  it.each(ENDS)('by %s ends what that has replaced, at once', async (_name, end) => {
    const { harness, browser, copies } = await setUp(4);
    for (const copy of copies) expect(await storm(copy, 1)).toEqual([200]);
    await end(harness, browser);
    await harness.settle();
    // Nobody has asked about it there before.
    const fresh = await Promise.all(copies.map((copy) => copyOf(harness, copy)));
    for (const copy of fresh) expect(await storm(copy, 1)).toEqual([401]);
    harness.clock.now += 30;
    for (const copy of copies) expect(await storm(copy, 1)).toEqual([401]);
  });

  it('by the visitor leaves no refresh token behind', async () => {
    const { harness, browser } = await setUp(3);
    await browser.navigate('/auth/logout');
    await harness.settle();
    expect(liveRefreshTokens(harness)).toBe(0);
  });
});

describe('a sign-in by another person in the same browser', () => {
  it('ends the first person’s session at once, everywhere', async () => {
    const { harness, browser } = await setUp(1);
    const copy = await copyOf(harness, browser);
    await signInAgain(harness, browser, 'user');
    expect(await storm(copy, 1)).toEqual([401]);
    expect([await sessionIds(harness, admin), (await sessionIds(harness, user)).length]).toEqual([[], 1]);
    expect(noted(harness, 'session_ended')).toMatchObject([{ sub: admin, reason: 'replaced' }]);
  });

  it('goes on while the first one’s object is away, and ends that session once it is back', async () => {
    const { harness, browser } = await setUp(1);
    const copy = await copyOf(harness, browser);
    const { open } = harness.objects;
    harness.objects.open = (name) => {
      if (name === `user:${admin}`) throw new Error('the object is away');
      return open.call(harness.objects, name);
    };
    await signInAgain(harness, browser, 'user');
    expect((await browser.fetch('/auth/userinfo')).status).toBe(200);
    harness.objects.open = open;
    expect(await storm(await copyOf(harness, copy), 1)).toEqual([401]);
    expect(await sessionIds(harness, admin)).toEqual([]);
  });
});

describe('a sign-in whose answer the browser never got', () => {
  it('ends with the next one in that browser', async () => {
    const { harness, browser } = await setUp(1);
    browser.keepsCookies = false;
    const login = harness.browser();
    for (const [name, value] of await browser.cookies())
      await login.jar.setCookie(`${name}=${value}; Path=/; Secure`, ORIGIN);
    await signInAgain(harness, login);
    const lost = await copyOf(harness, login);
    expect(await storm(lost, 1)).toEqual([200]);
    harness.clock.now += 1;
    browser.keepsCookies = true;
    await signInAgain(harness, browser);
    expect(await sessionIds(harness, admin)).toHaveLength(1);
    await browser.navigate('/auth/logout');
    expect(await storm(await copyOf(harness, lost), 1)).toEqual([401]);
  });
});

describe('promise 1: nobody is logged out by a race', () => {
  it('requests that left with the old cookie are served for a minute', async () => {
    const { harness, copies } = await setUp(2);
    const [copy] = copies as [TestBrowser];
    await harness.advance(57);
    expect(await storm(copy, 3)).toEqual([200, 200, 200]);
  });
});
