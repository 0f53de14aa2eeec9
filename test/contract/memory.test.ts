// The store suite over the doubles in memory that the flow tests run on. House-style rule 11.

import { createKeyring } from '../../src/session/keyring.ts';
import { createTokenStore, randomHex, tokenKey } from '../../src/user-object/token-store.ts';
import { UserSessionsLogic } from '../../src/user-object/user-sessions.ts';
import { SECRET } from '../support/harness.ts';
import { type Clock, MemoryKv, MemoryObjects } from '../support/stores.ts';
import { createCountingProvider } from './counting-provider.ts';
import { describeStores } from './suite.ts';

describeStores('in memory', async () => {
  const clock: Clock = { now: 1_790_000_000 };
  const kv = new MemoryKv(clock);
  const counts = { refresh: 0, userinfo: 0, revoke: 0 };
  const tasks: Promise<unknown>[] = [];
  const provider = createCountingProvider(
    async (call) => {
      counts[call] += 1;
    },
    () => clock.now,
  );
  const objects = new MemoryObjects(
    clock,
    (storage) =>
      new UserSessionsLogic({
        storage,
        tokenStore: createTokenStore(kv as unknown as KVNamespace, createKeyring([SECRET])),
        tokenKey,
        randomSecret: () => randomHex(32),
        provider,
        times: { sessionDuration: 3600, sessionMaxDuration: 43_200, revocationMaxAge: 30 },
        now: () => clock.now,
        audit: () => undefined,
        background: (task) => void tasks.push(task),
      }),
  );
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
