// Budgets for what strangers cause, and whose attempts count together. ARCHITECTURE §6 Isolate memory; RFC 4291 §2.2.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientNetwork } from '../../../src/shared/client-network.ts';
import { createBudget } from '../../../src/shared/isolate/budget.ts';

function createTimed(most: number, every: number) {
  const clock = { now: 1_790_000_000 };
  return { clock, budget: createBudget({ most, every, now: () => clock.now }) };
}

describe('a budget', () => {
  it('is so many at once, and one more every so many seconds', () => {
    const { clock, budget } = createTimed(3, 10);
    expect([1, 2, 3, 4].map(() => budget.take('a'))).toEqual([0, 0, 0, 10]);
    clock.now += 9;
    expect(budget.take('a')).toBe(1);
    clock.now += 1;
    expect([budget.take('a'), budget.take('a')]).toEqual([0, 10]);
    clock.now += 3_600;
    expect([1, 2, 3, 4].map(() => budget.take('a'))).toEqual([0, 0, 0, 10]);
  });

  it('is each key’s own', () => {
    const { budget } = createTimed(1, 10);
    expect([budget.take('a'), budget.take('b'), budget.take('a')]).toEqual([0, 0, 10]);
  });

  it('what is given back can be taken again, and no more than was taken', () => {
    const { budget } = createTimed(2, 10);
    budget.giveBack('a');
    budget.take('a');
    budget.giveBack('a');
    budget.giveBack('a');
    expect([1, 2, 3].map(() => budget.take('a'))).toEqual([0, 0, 10]);
  });

  it('that is exhausted is as if all had been taken', () => {
    const { budget } = createTimed(2, 10);
    budget.exhaust('a');
    expect(budget.take('a')).toBe(10);
  });

  it('of a clock that goes back gives nothing away', () => {
    const { clock, budget } = createTimed(1, 10);
    budget.take('a');
    clock.now -= 1_000;
    expect(budget.take('a')).toBeGreaterThan(0);
  });

  it('never allows more within any time than it says', () => {
    const step = fc.record({ wait: fc.integer({ min: 0, max: 20 }), tries: fc.integer({ min: 0, max: 8 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, budget } = createTimed(5, 4);
        const start = clock.now;
        let allowed = 0;
        for (const { wait, tries } of steps) {
          clock.now += wait;
          for (let count = 0; count < tries; count++) if (budget.take('a') === 0) allowed++;
          expect(allowed).toBeLessThanOrEqual(5 + (clock.now - start) / 4);
        }
      }),
    );
  });
});

describe('a client’s network', () => {
  const networkOf = (address?: string) =>
    clientNetwork(new Headers(address === undefined ? {} : { 'cf-connecting-ip': address }));

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5::', '2001:db8:1:2::/64'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each([undefined, '', 'x', 'localhost', '203.0.113.7, 198.51.100.1', 'a'.repeat(46)])('%j is none', (address) => {
    expect(networkOf(address)).toBeUndefined();
  });

  it('every address of a /64 is one, however it is written', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const padded = (groups: readonly string[]) => groups.map((each) => each.padStart(4, '0')).join(':');
    fc.assert(
      fc.property(fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), (front, back) => {
        expect(networkOf([...front, ...back].join(':'))).toBe(networkOf(padded([...front, '0', '0', '0', '1'])));
      }),
    );
  });
});
