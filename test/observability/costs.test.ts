// What a visitor costs in stores: the numbers that docs/deploy.md calculates with.
// Promise 11.

import { describe, expect, it } from 'vitest';
import { createHarness, type HarnessOptions } from '../support/harness.ts';

function start(options: HarnessOptions = {}) {
  const harness = createHarness(options);
  const browser = harness.browser();
  /** Since it was asked last. */
  const spent = async () => {
    await harness.settle();
    const { kv, objects } = harness;
    const sums = { kvReads: kv.reads, kvWrites: kv.writes.length, objectCalls: objects.calls };
    kv.reads = 0;
    kv.writes.length = 0;
    objects.calls = 0;
    return sums;
  };
  return { harness, browser, spent };
}

describe('docs/deploy.md: KV and object operations', () => {
  it('a sign-in: one write, two calls', async () => {
    const { harness, browser, spent } = start();
    await harness.signIn(browser, 'admin');
    expect(await spent()).toEqual({ kvReads: 0, kvWrites: 1, objectCalls: 2 });
  });

  it('promise 11: a repeated page: nothing', async () => {
    const { harness, browser, spent } = start();
    await harness.signIn(browser, 'admin');
    await spent();
    for (let page = 0; page < 20; page++) await browser.navigate('/');
    expect(await spent()).toEqual({ kvReads: 0, kvWrites: 0, objectCalls: 0 });
  });

  it('an hour with a page a minute: a call a page, and no more than 20 readings of claims with one KV read each', async () => {
    const { harness, browser, spent } = start();
    await harness.signIn(browser, 'admin');
    await spent();
    for (let minute = 0; minute < 60; minute++) {
      await harness.advance(60);
      await browser.navigate('/');
    }
    const { kvReads, kvWrites, objectCalls } = await spent();
    expect(kvWrites).toBe(0);
    expect(kvReads).toBeLessThanOrEqual(20);
    expect(objectCalls - kvReads).toBe(60);
  });

  it('the same with an application that takes its time: a question more for each renewed cookie', async () => {
    const slow: { wait: () => void } = { wait: () => undefined };
    const { harness, browser, spent } = start({
      upstream: () => {
        slow.wait();
        return new Response('slow');
      },
    });
    await harness.signIn(browser, 'admin');
    await spent();
    slow.wait = () => {
      harness.clock.now += 2;
    };
    for (let minute = 0; minute < 60; minute++) {
      await harness.advance(58);
      await browser.navigate('/');
    }
    const { kvReads, objectCalls } = await spent();
    expect(kvReads).toBeLessThanOrEqual(20);
    expect(objectCalls - kvReads).toBeLessThanOrEqual(80);
  });

  it('a sign-in that takes more than a second: a call more', async () => {
    const { harness, browser, spent } = start();
    const { fetch } = harness.zitadel;
    harness.zitadel.fetch = (request) => {
      harness.clock.now += 1;
      return fetch(request);
    };
    await harness.signIn(browser, 'admin');
    expect(await spent()).toEqual({ kvReads: 0, kvWrites: 1, objectCalls: 3 });
  });

  it('an object that wakes up: a KV read for the session that asks, once', async () => {
    const { harness, browser, spent } = start();
    await harness.signIn(browser, 'admin');
    await spent();
    for (const kvReads of [1, 0]) {
      if (kvReads === 1) harness.objects.evict();
      await harness.advance(40);
      await browser.fetch('/', { headers: { 'x-postern-activity': 'background' } });
      expect(await spent()).toEqual({ kvReads, kvWrites: 0, objectCalls: 1 });
    }
  });

  it('a sign-out: one call, one KV read', async () => {
    const { harness, browser, spent } = start();
    await harness.signIn(browser, 'admin');
    await spent();
    await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(await spent()).toEqual({ kvReads: 1, kvWrites: 0, objectCalls: 1 });
  });
});
