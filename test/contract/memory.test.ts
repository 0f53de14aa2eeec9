// The store suite over the doubles in memory that the flow tests run on.

import { SECRET } from '../support/harness.ts';
import { type Clock, MemoryKv, MemoryObjects } from '../support/stores.ts';
import { describeStores } from './suite.ts';
import { wireUserObjects } from './wiring.ts';

describeStores('in memory', async () => {
  const clock: Clock = { now: 1_790_000_000 };
  const kv = new MemoryKv(clock);
  const counts = { refresh: 0, userinfo: 0, revoke: 0 };
  const tasks: Promise<unknown>[] = [];
  const createUserObject = wireUserObjects({
    kv: kv as unknown as KVNamespace,
    now: () => clock.now,
    waitUntil: (task) => void tasks.push(task),
    secret: SECRET,
    count: async (call) => {
      counts[call] += 1;
    },
  });
  const objects = new MemoryObjects(clock, createUserObject);
  return {
    open: (name) => objects.open(name),
    kv: {
      get: (key) => kv.get(key),
      put: (key, value, expirationTtl) => kv.put(key, value, { expirationTtl }),
      delete: (key) => kv.delete(key),
      keys: async () => [...kv.entries.keys()],
    },
    async storage(name, calls) {
      const storage = objects.storageOf(name);
      return calls.flatMap((call) => {
        if (call[0] === 'get') return [storage.get(call[1])];
        if (call[0] === 'list') return [[...storage.list(call[1])]];
        if (call[0] === 'put') storage.put(call[1], call[2]);
        else storage.delete(call[1]);
        return [];
      });
    },
    evict: async () => objects.evict(),
    providerCalls: () => ({ ...counts }),
    now: () => clock.now,
    async advance(seconds) {
      clock.now += seconds;
      await Promise.allSettled(tasks.splice(0));
      await objects.runAlarms();
    },
    stop: async () => undefined,
  };
});
