// Passing a request on: its body, bindings, loops, and what the answer becomes.
// RFC 9110 §9.2.2.

import { describe, expect, it, vi } from 'vitest';
import { fault, lost, options, request, setUp } from './forward-bed.ts';

describe('the request', () => {
  it('never follows a redirect', async () => {
    const { forward, fetch } = setUp(
      async () => new Response(null, { status: 302, headers: { Location: 'http://app.internal/y' } }),
    );
    const response = await forward(request(), {}, options);
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://a.example/y']);
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual', method: 'GET' });
  });

  it.each([
    ['a route that demands a user', { isPublic: false, identityHeaders: [] }, 'no-store'],
    ['a public route with a known user', { isPublic: true }, 'no-store'],
    ['a public route with nobody', { isPublic: true, identityHeaders: [] }, undefined],
  ])('on %s the cache is asked for %s', async (_, change, cache) => {
    const { forward, fetch } = setUp(async () => new Response('x', { headers: { 'Cache-Control': 'public' } }));
    const response = await forward(request(), {}, { ...options, ...change });
    expect(fetch.mock.calls[0]?.[1].cache).toBe(cache);
    expect(response.headers.get('cache-control')).toBe(cache ? 'private' : 'public');
  });

  it.each([
    ['a page', { isPage: true }, {}, 'private, no-store'],
    ['what a script reads', {}, {}, 'private'],
    ['a page whose rule leaves it to the application', { isPage: true }, { no_store: false }, 'private'],
    ['a page of nobody’s', { isPage: true, isPublic: true, identityHeaders: [] }, {}, null],
    ['a script’s, by its rule', {}, { no_store: true }, 'private, no-store'],
    ['nobody’s, by its rule', { isPublic: true, identityHeaders: [] }, { no_store: true }, 'private, no-store'],
  ])('%s is kept by no browser as said', async (_, change, destination, cacheControl) => {
    const { forward } = setUp(async () => new Response('x'));
    const response = await forward(request(), destination, { ...options, ...change });
    expect(response.headers.get('cache-control')).toBe(cacheControl);
  });

  it.each([301, 302, 304])('%s is no page', async (status) => {
    const { forward } = setUp(async () => new Response(null, { status }));
    const response = await forward(request(), {}, { ...options, isPage: true });
    expect(response.headers.get('cache-control')).toBe('private');
  });

  it('goes to the service binding of the upstream', async () => {
    const REPORTS = { fetch: vi.fn(async (_url: string) => new Response('from the binding')) };
    const { forward, fetch } = setUp(lost, { bindings: { REPORTS } });
    const upstream = { origin: 'http://reports', basePath: '', binding: 'REPORTS' };
    expect(await (await forward(request(), { upstream }, options)).text()).toBe('from the binding');
    expect([REPORTS.fetch.mock.calls[0]?.[0], fetch.mock.calls.length]).toEqual(['http://reports/x', 0]);
  });

  it('a missing binding is a broken upstream', async () => {
    const { forward } = setUp(lost);
    const upstream = { origin: 'http://reports', basePath: '', binding: 'REPORTS' };
    await expect(forward(request(), { upstream }, options)).rejects.toEqual(fault('upstream_unreachable'));
  });
});

describe('the answer', () => {
  it('of an upstream that shows its request back has nothing that was for the upstream alone', async () => {
    const { forward } = setUp(async (_url, { headers }) => new Response('ok', { headers: new Headers(headers) }));
    const response = await forward(
      request({ headers: { 'X-Mine': '1' } }),
      {},
      { ...options, assertion: 'a.b.c', idToken: 'd.e.f' },
    );
    expect(response.headers.get('x-mine')).toBe('1');
    const names = [...response.headers.keys()].filter((name) => /forwarded|identity|gateway/.test(name));
    expect(names).toEqual([]);
  });

  it('that clears cookies clears those which the request brought, and none of ours', async () => {
    const { forward } = setUp(async () => new Response('ok', { headers: { 'Clear-Site-Data': '"cookies", "cache"' } }));
    const response = await forward(request({ headers: { cookie: 'sid=1; __Host-postern=x' } }), {}, options);
    expect(response.headers.get('clear-site-data')).toBe('"cache"');
    expect(response.headers.getSetCookie()).toContain('sid=; Max-Age=0; Path=/; HttpOnly');
    expect(response.headers.getSetCookie().join()).not.toContain('postern');
  });
});

describe('loops', () => {
  it('an upstream that is the gateway itself is refused', async () => {
    const gateway = setUp((url, init) => gateway.forward(new Request(url, init), {}, options));
    await expect(gateway.forward(request(), {}, options)).rejects.toEqual(fault('upstream_loop'));
    expect(gateway.fetch).toHaveBeenCalledTimes(1);
  });

  it('other gateways on the way are remembered, whatever else is written there is not', async () => {
    const { forward, fetch } = setUp(async () => new Response());
    await forward(request({ headers: { 'X-Gateway-Hop': `evil, ${'ab'.repeat(8)}` } }), {}, options);
    expect(new Headers(fetch.mock.calls[0]?.[1].headers).get('x-gateway-hop')).toMatch(/^(ab){8}, [0-9a-f]{16}$/);
  });

  it('too many gateways are a loop', async () => {
    const { forward } = setUp(async () => new Response());
    const hops = Array.from({ length: 10 }, (_, index) => String(index).repeat(16)).join(',');
    await expect(forward(request({ headers: { 'X-Gateway-Hop': hops } }), {}, options)).rejects.toEqual(
      fault('upstream_loop'),
    );
  });
});

describe('the response', () => {
  it.each([204, 205, 304])('%s has no body', async (status) => {
    const { forward } = setUp(async () => new Response(null, { status, headers: { ETag: '"1"' } }));
    const response = await forward(request(), {}, options);
    expect([response.status, response.body, response.headers.get('etag')]).toEqual([status, null, '"1"']);
  });

  it('HEAD keeps the length', async () => {
    const { forward } = setUp(async () => new Response(null, { headers: { 'Content-Length': '500' } }));
    expect((await forward(request({ method: 'HEAD' }), {}, options)).headers.get('content-length')).toBe('500');
  });

  it('keeps the reason phrase', async () => {
    const { forward } = setUp(async () => new Response('', { status: 418, statusText: 'Tea' }));
    expect((await forward(request(), {}, options)).statusText).toBe('Tea');
  });
});
