// What goes wrong on the way to the upstream: deadlines, the one repetition, connections that fail.
// RFC 9110 §9.2.2, §15.6.3, §15.6.5.

import { describe, expect, it, vi } from 'vitest';
import { fault, lost, options, request, setUp } from './forward-bed.ts';

describe('time', () => {
  it.each([
    ['the default', {}, 100],
    ['the rule’s', { timeout: 3 }, 3],
  ])('%s to the first byte, then 504', async (_, forwarding, seconds) => {
    const { forward, clock, fetch } = setUp(() => new Promise(() => {}));
    const answer = forward(request(), forwarding, options).catch((error) => error);
    await clock.pass(seconds - 1);
    expect(await Promise.race([answer, 'waiting'])).toBe('waiting');
    await clock.pass(2);
    expect(await answer).toEqual(fault('upstream_timeout'));
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('not to the last byte', async () => {
    const { forward, clock } = setUp(async () => new Response('x'));
    await forward(request(), { timeout: 1 }, options);
    expect(clock.pending()).toBe(0);
  });
});

describe('failures', () => {
  it.each(['GET', 'HEAD'])('%s is repeated once', async (method) => {
    const { forward, fetch } = setUp(() =>
      fetch.mock.calls.length === 1 ? lost() : Promise.resolve(new Response('x')),
    );
    expect((await forward(request({ method }), {}, options)).status).toBe(200);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
    '%s: 502, the runtime’s words in the cause alone',
    async (method) => {
      const { forward, fetch } = setUp(lost);
      const error = await forward(request({ method }), {}, options).catch((thrown) => thrown);
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
    await expect(forward(request(), {}, options)).rejects.toEqual(fault('upstream_unreachable'));
    expect(cancelled).toHaveBeenCalled();
  });
});
