// A map that an isolate may keep: bounded by number, by weight, or by both. ARCHITECTURE §6 Isolate memory.

import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../../src/shared/isolate/bounded-map.ts';

const weigh = (value: string) => value.length;

describe('a bounded map', () => {
  it('holds so many entries, those that were set last', () => {
    const map = new BoundedMap<number, string>(3);
    for (let key = 0; key < 5; key++) map.set(key, 'x'.repeat(100));
    expect(map.entries().map(([key]) => key)).toEqual([2, 3, 4]);
    map.set(2, 'again');
    map.set(5, 'new');
    expect(map.entries().map(([key]) => key)).toEqual([4, 2, 5]);
  });

  it('holds so much weight, whatever the number', () => {
    const map = new BoundedMap<string, string>(10, weigh);
    for (const key of ['a', 'b', 'c', 'd', 'e']) map.set(key, 'xx');
    expect(map.size).toBe(5);
    map.set('f', 'xxxx');
    expect(map.entries().map(([key]) => key)).toEqual(['c', 'd', 'e', 'f']);
  });

  it('holds neither more weight nor more entries where both are bounded', () => {
    const map = new BoundedMap<string, string>(10, weigh, 2);
    for (const key of ['a', 'b', 'c']) map.set(key, 'x');
    expect(map.entries().map(([key]) => key)).toEqual(['b', 'c']);
    map.set('d', 'x'.repeat(10));
    expect(map.entries().map(([key]) => key)).toEqual(['d']);
  });

  it('what is deleted, set again or never there weighs nothing', () => {
    const map = new BoundedMap<string, string>(4, weigh);
    for (let round = 0; round < 10; round++) map.set('a', 'xx');
    map.delete('b');
    map.set('c', 'xx');
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual(['xx', undefined, 'xx']);
    map.delete('a');
    map.set('d', 'xx');
    expect([map.get('a'), map.get('c'), map.get('d')]).toEqual([undefined, 'xx', 'xx']);
  });
});
