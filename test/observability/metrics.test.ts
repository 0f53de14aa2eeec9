// Counting: nothing on a request's way, handed over at most every ten seconds, summed over isolates, never counted twice.
// Promise 11.

import { describe, expect, it } from 'vitest';
import { createBed, requestEvent } from './counters.ts';

const REQUEST = 'requests_total{endpoint="upstream",status="2xx"}';

const REFRESHED = 'events_total{event="refreshed",level="info"}';

describe('counts are handed over behind the answers', () => {
  it('the first event at once, so that a quiet site loses nothing', async () => {
    const { isolate, sums, settle } = createBed();
    isolate().emit(requestEvent());
    await settle();
    expect(sums()[REQUEST]).toBe(1);
  });

  it('promise 11: a thousand requests within ten seconds are two hand-overs', async () => {
    const { isolate, sums, settle, state, wake, waiting } = createBed();
    const metrics = isolate();
    for (let index = 0; index < 1000; index++) metrics.emit(requestEvent());
    await settle();
    expect(state.handOvers).toBe(1);
    expect(waiting()).toBe(1);
    await wake();
    expect(state.handOvers).toBe(2);
    expect(sums()[REQUEST]).toBe(1000);
    expect(sums()['flushes_total']).toBe(2);
  });

  it('a task that was cut off before its moment: the next event hands over', async () => {
    const { isolate, sums, settle, clock } = createBed();
    const metrics = isolate();
    for (let index = 0; index < 3; index++) metrics.emit(requestEvent());
    await settle();
    clock.now += 11;
    metrics.emit(requestEvent());
    await settle();
    expect(sums()[REQUEST]).toBe(4);
  });

  it('an event of an object keeps it awake for nothing', async () => {
    const { isolate, settle, waiting, sums, clock } = createBed();
    const metrics = isolate();
    for (let index = 0; index < 3; index++) metrics.emit({ event: 'refreshed', level: 'info', sub: '1' });
    await settle();
    expect(waiting()).toBe(0);
    expect(sums()[REFRESHED]).toBe(1);
    clock.now += 10;
    metrics.emit({ event: 'session_began', level: 'info', sub: '1' });
    await settle();
    expect(sums()[REFRESHED]).toBe(3);
  });

  it('isolates that know nothing of each other are summed', async () => {
    const { isolate, sums, settle } = createBed();
    for (let index = 0; index < 5; index++) isolate().emit(requestEvent());
    await settle();
    expect(sums()[REQUEST]).toBe(5);
  });

  it('a hand-over that failed is lost and said to be: nobody knows whether it was counted', async () => {
    const { isolate, sums, settle, state, events, clock } = createBed();
    const metrics = isolate();
    state.isDown = true;
    metrics.emit(requestEvent());
    await settle();
    expect(events.at(-1)).toEqual({ event: 'counts_lost', level: 'warn', reason: 'the object is away' });
    state.isDown = false;
    clock.now += 10;
    metrics.emit(requestEvent());
    await settle();
    expect(sums()[REQUEST]).toBe(1);
  });

  it('whoever reads sees what this isolate has not handed over yet', async () => {
    const { isolate, settle } = createBed();
    const metrics = isolate();
    metrics.emit(requestEvent());
    metrics.emit(requestEvent());
    await settle();
    expect((await metrics.read())[REQUEST]).toBe(2);
  });
});
