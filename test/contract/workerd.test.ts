// The store suite over the runtime's own KV and Durable Objects, in workerd.

import { convertV4MiniflareOptions, Miniflare, Response } from 'miniflare';
import type { UserSessionsApi } from '../../src/user-object/api.ts';
import { SECRET } from '../support/harness.ts';
import { bundleWorker } from './bundle.ts';
import type { StoresUnderTest } from './stores.ts';
import { describeStores } from './suite.ts';
import type { ProviderCall } from './wiring.ts';

async function start(): Promise<StoresUnderTest> {
  const counts = { refresh: 0, userinfo: 0, revoke: 0 };
  let now = 1_790_000_000;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      modules: true,
      script: await bundleWorker(new URL('worker.ts', import.meta.url)),
      compatibilityDate: '2026-07-30',
      bindings: { SECRET },
      kvNamespaces: ['SESSIONS'],
      durableObjects: { USER_SESSIONS: { className: 'UserSessions', useSQLite: true } },
      outboundService: (request) => {
        counts[new URL(request.url).pathname.slice(1) as ProviderCall] += 1;
        return new Response('yes');
      },
    }),
  );
  await miniflare.ready;

  async function call(
    target: 'kv' | 'object',
    name: string,
    method: string,
    args: readonly unknown[],
  ): Promise<unknown> {
    const body = JSON.stringify({ target, name, method, args, now });
    const answer = await miniflare.dispatchFetch('https://stores.test/', { method: 'POST', body });
    if (answer.status !== 200) throw new Error(await answer.text());
    const [value] = (await answer.json()) as unknown[];
    for (const index of (answer.headers.get('x-undefined') ?? '').split(',')) {
      if (index !== '' && Array.isArray(value)) value[Number(index)] = undefined;
    }
    return value;
  }

  return {
    open: (name) =>
      new Proxy({} as UserSessionsApi, {
        get:
          (_, method: string) =>
          (...args: unknown[]) =>
            call('object', name, method, args),
      }),
    kv: {
      get: async (key) => (await call('kv', '', 'get', [key])) as string | null,
      put: async (key, value, ttl) => void (await call('kv', '', 'put', [key, value, ttl])),
      delete: async (key) => void (await call('kv', '', 'delete', [key])),
      keys: async () => (await call('kv', '', 'keys', [])) as string[],
    },
    storage: async (name, calls) => (await call('object', name, 'storage', [calls])) as unknown[],
    // The call itself dies with the object.
    evict: async (name) => void (await call('object', name, 'evict', []).catch(() => undefined)),
    providerCalls: () => ({ ...counts }),
    now: () => now,
    advance: async (seconds) => {
      now += seconds;
      await call('kv', '', 'get', ['whatever: it brings the time along']);
    },
    stop: () => miniflare.dispose(),
  };
}

describeStores('in workerd', start);
