// The contract of the stores, for the doubles in memory and for the runtime's own alike. ARCHITECTURE §6 (state, and who owns it).

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoresUnderTest } from './stores.ts';
import { describeUserObject } from './user-object-suite.ts';

export function describeStores(kind: string, start: () => Promise<StoresUnderTest>): void {
  let stores: StoresUnderTest;
  let turn = 0;
  /** A user of one test's own. */
  const name = () => `user:${kind}-${++turn}`;

  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.stop());

  describe(`KV ${kind}`, () => {
    it('gives what was put, null for what was not, and null after delete', async () => {
      await stores.kv.put('contract/a', 'value', 60);
      expect(await stores.kv.get('contract/a')).toBe('value');
      expect(await stores.kv.get('contract/b')).toBeNull();
      await stores.kv.delete('contract/a');
      await stores.kv.delete('contract/never-there');
      expect(await stores.kv.get('contract/a')).toBeNull();
    });
    it('refuses a time to live below a minute', async () => {
      await expect(stores.kv.put('contract/a', 'value', 59)).rejects.toThrow();
    });
  });

  describe(`an object’s storage ${kind}`, () => {
    it('gives copies of what was put, undefined for what was not, and lists by prefix in the order of keys', async () => {
      const user = name();
      const given = await stores.storage(user, [
        ['put', 'session/b', { nested: { list: [1, 2] } }],
        ['put', 'session/a', { name: 'a' }],
        ['put', 'sessions', 'another prefix'],
        ['get', 'session/b'],
        ['get', 'session/c'],
        ['list', 'session/'],
        ['delete', 'session/a'],
        ['delete', 'session/never-there'],
        ['list', 'session/'],
      ]);
      const b = { nested: { list: [1, 2] } };
      expect(given).toEqual([
        b,
        undefined,
        [
          ['session/a', { name: 'a' }],
          ['session/b', b],
        ],
        [['session/b', b]],
      ]);
    });
    it('is another’s for every name', async () => {
      const [one, two] = [name(), name()];
      await stores.storage(one, [['put', 'x', 1]]);
      expect(await stores.storage(two, [['get', 'x']])).toEqual([undefined]);
    });
    it('outlives the object', async () => {
      const user = name();
      await stores.storage(user, [['put', 'x', 1]]);
      await stores.evict(user);
      expect(await stores.storage(user, [['get', 'x']])).toEqual([1]);
    });
  });

  describeUserObject(kind, () => stores, name);
}
