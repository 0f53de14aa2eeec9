// A callback whose answer comes late never puts its session over what the browser has learnt since. Promises 1 and 4; ARCHITECTURE §7 Sessions.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { sessionIds } from '../session/support.ts';
import { FROM_PROVIDER, holdCall, setUp, signInAs, whoIs } from './late-steps.ts';
import { callbackFor, isSignedIn } from './steps.ts';

const { admin, user } = SEED.users;

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
        // The gate that was put in last is reached first.
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
