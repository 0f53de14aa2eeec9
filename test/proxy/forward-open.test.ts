// Answers that go on: they are cut off when whoever they are for is no longer allowed.
// Promise 4; HTML §9.2 (server-sent events).

import { describe, expect, it, vi } from 'vitest';
import { options, request, setUp } from './forward-bed.ts';

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
    const response = await forward(request(), {}, { ...options, stillAllowed });
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
