// The exchange with the upstream: deadlines, the one repetition, loops, bindings, and what its answers become.
// RFC 9110 §9.2.2.

import { describe, expect, it, vi } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import { createForward, type ForwardOptions } from '../../src/proxy/forward.ts';
import type { Timers } from '../../src/proxy/open/revalidation.ts';

const config = {
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

const passage: ForwardOptions = {
  requestId: 'r',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  identityHeaders: [['X-Forwarded-User', '1']],
  consumesAuthorization: false,
  isPublic: false,
};

/** Time that only moves when told to. */
function createClock() {
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

type Fetched = (url: string, init: RequestInit) => Promise<Response>;

function setUp(fetched: Fetched, change: { readonly bindings?: Record<string, unknown> } = {}) {
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

const request = (init?: RequestInit, url = 'https://a.example/x') => new Request(url, init);
const fault = (code: string) => expect.objectContaining({ name: 'GatewayError', code });
const lost = () => Promise.reject(new Error('internal error; reference = abc123'));

describe('the request', () => {
  it('never follows a redirect', async () => {
    const { forward, fetch } = setUp(
      async () => new Response(null, { status: 302, headers: { Location: 'http://app.internal/y' } }),
    );
    const response = await forward(request(), {}, passage);
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://a.example/y']);
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual', method: 'GET' });
  });

  it.each([
    ['a route that demands a user', { isPublic: false, identityHeaders: [] }, 'no-store'],
    ['a public route with a known user', { isPublic: true }, 'no-store'],
    ['a public route with nobody', { isPublic: true, identityHeaders: [] }, undefined],
  ])('on %s the cache is asked for %s', async (_, change, cache) => {
    const { forward, fetch } = setUp(async () => new Response('x', { headers: { 'Cache-Control': 'public' } }));
    const response = await forward(request(), {}, { ...passage, ...change });
    expect(fetch.mock.calls[0]?.[1].cache).toBe(cache);
    expect(response.headers.get('cache-control')).toBe(cache ? 'private' : 'public');
  });

  it('goes to the service binding of the upstream', async () => {
    const REPORTS = { fetch: vi.fn(async (_url: string) => new Response('from the binding')) };
    const { forward, fetch } = setUp(lost, { bindings: { REPORTS } });
    const upstream = { origin: 'http://reports', basePath: '', binding: 'REPORTS' };
    expect(await (await forward(request(), { upstream }, passage)).text()).toBe('from the binding');
    expect([REPORTS.fetch.mock.calls[0]?.[0], fetch.mock.calls.length]).toEqual(['http://reports/x', 0]);
  });

  it('a missing binding is a broken upstream', async () => {
    const { forward } = setUp(lost);
    const upstream = { origin: 'http://reports', basePath: '', binding: 'REPORTS' };
    await expect(forward(request(), { upstream }, passage)).rejects.toEqual(fault('upstream_unreachable'));
  });
});

describe('the answer', () => {
  it('of an upstream that shows its request back has nothing that was for the upstream alone', async () => {
    const { forward } = setUp(async (_url, { headers }) => new Response('ok', { headers: new Headers(headers) }));
    const response = await forward(
      request({ headers: { 'X-Mine': '1' } }),
      {},
      { ...passage, assertion: 'a.b.c', idToken: 'd.e.f' },
    );
    expect(response.headers.get('x-mine')).toBe('1');
    const names = [...response.headers.keys()].filter((name) => /forwarded|identity|gateway/.test(name));
    expect(names).toEqual([]);
  });

  it('that clears cookies clears those which the request brought, and none of ours', async () => {
    const { forward } = setUp(async () => new Response('ok', { headers: { 'Clear-Site-Data': '"cookies", "cache"' } }));
    const response = await forward(request({ headers: { cookie: 'sid=1; __Host-postern=x' } }), {}, passage);
    expect(response.headers.get('clear-site-data')).toBe('"cache"');
    expect(response.headers.getSetCookie()).toContain('sid=; Max-Age=0; Path=/; HttpOnly');
    expect(response.headers.getSetCookie().join()).not.toContain('postern');
  });
});

describe('loops', () => {
  it('an upstream that is the gateway itself is refused', async () => {
    const gateway = setUp((url, init) => gateway.forward(new Request(url, init), {}, passage));
    await expect(gateway.forward(request(), {}, passage)).rejects.toEqual(fault('upstream_loop'));
    expect(gateway.fetch).toHaveBeenCalledTimes(1);
  });

  it('other gateways on the way are remembered, whatever else is written there is not', async () => {
    const { forward, fetch } = setUp(async () => new Response());
    await forward(request({ headers: { 'X-Gateway-Hop': `evil, ${'ab'.repeat(8)}` } }), {}, passage);
    expect(new Headers(fetch.mock.calls[0]?.[1].headers).get('x-gateway-hop')).toMatch(/^(ab){8}, [0-9a-f]{16}$/);
  });

  it('too many gateways are a loop', async () => {
    const { forward } = setUp(async () => new Response());
    const hops = Array.from({ length: 10 }, (_, index) => String(index).repeat(16)).join(',');
    await expect(forward(request({ headers: { 'X-Gateway-Hop': hops } }), {}, passage)).rejects.toEqual(
      fault('upstream_loop'),
    );
  });
});

describe('time', () => {
  it.each([
    ['the default', {}, 100],
    ['the rule’s', { timeout: 3 }, 3],
  ])('%s to the first byte, then 504', async (_, forwarding, seconds) => {
    const { forward, clock, fetch } = setUp(() => new Promise(() => {}));
    const answer = forward(request(), forwarding, passage).catch((error) => error);
    await clock.pass(seconds - 1);
    expect(await Promise.race([answer, 'waiting'])).toBe('waiting');
    await clock.pass(2);
    expect(await answer).toEqual(fault('upstream_timeout'));
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('not to the last byte', async () => {
    const { forward, clock } = setUp(async () => new Response('x'));
    await forward(request(), { timeout: 1 }, passage);
    expect(clock.pending()).toBe(0);
  });
});

describe('failures', () => {
  it.each(['GET', 'HEAD'])('%s is repeated once', async (method) => {
    const { forward, fetch } = setUp(() =>
      fetch.mock.calls.length === 1 ? lost() : Promise.resolve(new Response('x')),
    );
    expect((await forward(request({ method }), {}, passage)).status).toBe(200);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
    '%s: 502, the runtime’s words in the cause alone',
    async (method) => {
      const { forward, fetch } = setUp(lost);
      const error = await forward(request({ method }), {}, passage).catch((thrown) => thrown);
      expect(error).toEqual(fault('upstream_unreachable'));
      expect(error.message).not.toContain('reference');
      expect(error.cause.message).toContain('reference');
      expect(fetch).toHaveBeenCalledTimes(method === 'GET' ? 2 : 1);
    },
  );

  it.each([999, 103])('status %s: 502', async (status) => {
    const cancelled = vi.fn();
    const answer = { status, statusText: '', headers: new Headers(), body: new ReadableStream({ cancel: cancelled }) };
    const { forward } = setUp(async () => answer as unknown as Response);
    await expect(forward(request(), {}, passage)).rejects.toEqual(fault('upstream_unreachable'));
    expect(cancelled).toHaveBeenCalled();
  });
});

describe('the response', () => {
  it.each([204, 205, 304])('%s has no body', async (status) => {
    const { forward } = setUp(async () => new Response(null, { status, headers: { ETag: '"1"' } }));
    const response = await forward(request(), {}, passage);
    expect([response.status, response.body, response.headers.get('etag')]).toEqual([status, null, '"1"']);
  });

  it('HEAD keeps the length', async () => {
    const { forward } = setUp(async () => new Response(null, { headers: { 'Content-Length': '500' } }));
    expect((await forward(request({ method: 'HEAD' }), {}, passage)).headers.get('content-length')).toBe('500');
  });

  it('keeps the reason phrase', async () => {
    const { forward } = setUp(async () => new Response('', { status: 418, statusText: 'Tea' }));
    expect((await forward(request(), {}, passage)).statusText).toBe('Tea');
  });
});

describe('server-sent events', () => {
  function openStream() {
    const cancelled = vi.fn();
    let push: (text: string) => void = () => {};
    let fail: (error: Error) => void = () => {};
    let close = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        push = (chunk) => controller.enqueue(new TextEncoder().encode(chunk));
        fail = (error) => controller.error(error);
        close = () => controller.close();
      },
      cancel: cancelled,
    });
    const answer = () => new Response(body, { headers: { 'Content-Type': 'text/event-stream;charset=utf-8' } });
    return {
      answer,
      cancelled,
      push: (text: string) => push(text),
      fail: (error: Error) => fail(error),
      close: () => close(),
    };
  }

  async function listen(stillAllowed: () => Promise<true | string>) {
    const stream = openStream();
    const { forward, clock } = setUp(async () => stream.answer());
    const response = await forward(request(), {}, { ...passage, stillAllowed });
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const read = async () => {
      const { done, value } = await reader.read();
      return done ? 'the end' : new TextDecoder().decode(value);
    };
    return { ...stream, clock, read, reader };
  }

  it('come one by one and end when the session does', async () => {
    let answer: true | string = true;
    const { push, read, clock, cancelled } = await listen(async () => answer);
    push('data: 1\n\n');
    expect(await read()).toBe('data: 1\n\n');
    await clock.pass(31);
    push('data: 2\n\n');
    expect(await read()).toBe('data: 2\n\n');
    answer = 'signed out';
    const waiting = read();
    await clock.pass(31);
    expect(await waiting).toBe('the end');
    expect(cancelled).toHaveBeenCalledWith('signed out');
  });

  it('end when nobody can say', async () => {
    const { read, clock } = await listen(() => Promise.reject(new Error('the store is away')));
    await clock.pass(31);
    expect(await read()).toBe('the end');
  });

  it('that the application ends or breaks end and break, and nobody is asked any more', async () => {
    const ended = await listen(async () => true);
    ended.close();
    expect([await ended.read(), ended.clock.pending()]).toEqual(['the end', 0]);
    const broken = await listen(async () => true);
    broken.fail(new Error('cut'));
    await expect(broken.read()).rejects.toThrow('cut');
    expect(broken.clock.pending()).toBe(0);
  });

  it('that the visitor leaves are let go', async () => {
    const { reader, cancelled, clock } = await listen(async () => true);
    await reader.cancel('gone');
    expect([cancelled.mock.calls, clock.pending()]).toEqual([[['gone']], 0]);
  });
});
