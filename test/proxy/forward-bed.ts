// createForward with an upstream that a test plays, and a clock that it turns.

import { expect, vi } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import { createForward, type ForwardOptions } from '../../src/proxy/forward.ts';
import type { Timers } from '../../src/proxy/open/revalidation.ts';

export const config = {
  upstream: { origin: 'http://app.internal', basePath: '' },
  origin: 'https://a.example',
  redirect_uri: 'https://a.example/auth/callback',
  client_id: '1',
  isSecure: true,
  securityHeaders: {},
  upstreamSecrets: [],
  namedSecrets: {},
  revocationMaxAge: 30,
  rewriteManifest: false,
} as unknown as Config;

export const options: ForwardOptions = {
  requestId: 'r',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  identityHeaders: [['X-Forwarded-User', '1']],
  consumesAuthorization: false,
  isPublic: false,
};

/** Time that only moves when told to. */
export function createClock() {
  const timers = new Map<number, { readonly callback: () => void; readonly at: number }>();
  let [now, count] = [0, 0];
  const api: Timers = {
    setTimeout: (callback, milliseconds) => {
      timers.set(++count, { callback, at: now + milliseconds });
      return count;
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
  };
  const pass = async (seconds: number) => {
    now += seconds * 1000;
    for (const [id, { callback, at }] of [...timers]) {
      if (at > now) continue;
      timers.delete(id);
      callback();
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { timers: api, pass, pending: () => timers.size };
}

export type Fetched = (url: string, init: RequestInit) => Promise<Response>;

export function setUp(fetched: Fetched, change: { readonly bindings?: Record<string, unknown> } = {}) {
  const clock = createClock();
  const fetch = vi.fn(fetched);
  const forward = createForward({
    config,
    bindings: change.bindings ?? {},
    fetch: fetch as unknown as typeof globalThis.fetch,
    isReservedName: (name) => name.startsWith('x-forwarded') || name.startsWith('x-gateway'),
    timers: clock.timers,
  });
  return { forward, fetch, clock };
}

export const request = (init?: RequestInit, url = 'https://a.example/x') => new Request(url, init);
export const fault = (code: string) => expect.objectContaining({ name: 'GatewayError', code });
export const lost = () => Promise.reject(new Error('internal error; reference = abc123'));
