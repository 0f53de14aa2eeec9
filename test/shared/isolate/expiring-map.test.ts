// The map whose entries end: bounded in number and in characters. ARCHITECTURE §6 Isolate memory.

import { describe, expect, it } from 'vitest';
import { ExpiringMap } from '../../../src/shared/isolate/expiring-map.ts';

describe('ExpiringMap', () => {
  it('forgets at the second it is told', () => {
    const memory = new ExpiringMap<string>({ entries: 5, characters: 1_000 });
    memory.set('a', 'x', 100);
    expect(memory.get('a', 99)).toBe('x');
    expect(memory.get('a', 100)).toBeUndefined();
    expect(memory.get('a', 99)).toBeUndefined();
  });

  it('holds so many entries and no more, the latest', () => {
    const memory = new ExpiringMap<number>({ entries: 3, characters: 1_000 });
    for (let i = 0; i < 10; i += 1) memory.set(`token ${i}`, i, 100);
    const held = Array.from({ length: 10 }, (_, i) => memory.get(`token ${i}`, 0));
    expect(held.filter((value) => value !== undefined)).toEqual([7, 8, 9]);
  });

  it('holds so many characters and no more, of keys and values', () => {
    const memory = new ExpiringMap<string>({ entries: 1_000, characters: 1_000 });
    for (let i = 0; i < 100; i += 1) memory.set(`${i}`.padEnd(100, '-'), 'v'.repeat(98), 100);
    const held = Array.from({ length: 100 }, (_, i) => memory.get(`${i}`.padEnd(100, '-'), 0));
    expect(held.filter((value) => value !== undefined)).toHaveLength(5);
  });

  it('does not hold what alone is too large, and drives nothing out for it', () => {
    const memory = new ExpiringMap<string>({ entries: 5, characters: 100 });
    memory.set('a', 'x', 100);
    memory.set('b'.repeat(200), 'y', 100);
    expect(memory.get('a', 0)).toBe('x');
    expect(memory.get('b'.repeat(200), 0)).toBeUndefined();
  });

  it('does not hold what is nested too deep to be measured, and does not fail', () => {
    const memory = new ExpiringMap<unknown>({ entries: 5, characters: 10_000_000 });
    memory.set('deep', JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)), 100);
    expect(memory.get('deep', 0)).toBeUndefined();
  });

  it('holds what alone is as large as may be, the value’s quotes included', () => {
    const memory = new ExpiringMap<string>({ entries: 5, characters: 100 });
    memory.set('b'.repeat(97), 'y', 100);
    expect(memory.get('b'.repeat(97), 0)).toBe('y');
    memory.set('c'.repeat(98), 'y', 100);
    expect(memory.get('c'.repeat(98), 0)).toBeUndefined();
  });

  it('counts a token that is judged again once', () => {
    const memory = new ExpiringMap<string>({ entries: 5, characters: 100 });
    memory.set('other', 'x', 100);
    for (let i = 0; i < 100; i += 1) memory.set('a', 'y'.repeat(20), 100);
    expect(memory.get('other', 0)).toBe('x');
  });
});
