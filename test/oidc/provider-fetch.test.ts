// Every call to ZITADEL: an end in time, a limit in size, no redirect followed. ARCHITECTURE §3.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProviderFetch, ProviderCallError } from '../../src/oidc/provider-fetch.ts';

const URL_WITH_QUERY = 'https://zitadel.test/oauth/v2/token?secret=1';

function failureOf(answer: (request: Request) => Promise<Response>, signal?: AbortSignal) {
  const fetch = createProviderFetch(async (input, init) => answer(new Request(input as string, init)), {
    deadline: 50,
    maxBytes: 1000,
  });
  return fetch(URL_WITH_QUERY, { method: 'GET', signal }).then(
    (response) => response,
    (error: unknown) => {
      expect(error).toBeInstanceOf(ProviderCallError);
      expect(String(error)).not.toContain('secret');
      return (error as ProviderCallError).failure;
    },
  );
}

afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<Response>(() => {});

describe('a call to the provider', () => {
  it('ends at its deadline, even where fetch is deaf to it', async () => {
    expect(await failureOf(never)).toBe('timeout');
  });

  it('ends at its deadline in the middle of a body', async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
    });
    expect(await failureOf(async () => new Response(body))).toBe('timeout');
  });

  it('ends when the login’s time is over, or was before it began', async () => {
    // The call's own deadline never comes, because nothing turns the fake timers
    vi.useFakeTimers();
    const controller = new AbortController();
    const waiting = failureOf(never, controller.signal);
    controller.abort();
    expect(await waiting).toBe('timeout');
    expect(await failureOf(never, AbortSignal.abort())).toBe('timeout');
  });

  it('tells fetch, so that the connection is freed', async () => {
    let heard: AbortSignal | undefined;
    await failureOf((request) => {
      heard = request.signal;
      return never();
    });
    expect(heard?.aborted).toBe(true);
  });

  it('ends at too large a body, announced or not', async () => {
    expect(await failureOf(async () => new Response('x'.repeat(1001)))).toBe('too_large');
    const headers = { 'content-length': '1001' };
    expect(await failureOf(async () => new Response('x', { headers }))).toBe('too_large');
  });

  it('is a network failure when the connection breaks', async () => {
    expect(await failureOf(() => Promise.reject(new TypeError('reset')))).toBe('network');
  });

  it('says what failed and where, without the query, and why', async () => {
    const cause = new TypeError('reset');
    const call = createProviderFetch(() => Promise.reject(cause))(URL_WITH_QUERY, { method: 'GET' });
    await expect(call).rejects.toMatchObject({
      name: 'ProviderCallError',
      failure: 'network',
      message: 'network at https://zitadel.test/oauth/v2/token',
      cause,
    });
    const late = createProviderFetch(never)('https://zitadel.test/keys', {
      method: 'GET',
      signal: AbortSignal.abort(),
    });
    await expect(late).rejects.toMatchObject({ failure: 'timeout', message: 'timeout at https://zitadel.test/keys' });
  });

  it('leaves no timer and no listener behind', async () => {
    vi.useFakeTimers();
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    vi.spyOn(signal, 'addEventListener').mockImplementation((_type, listener) => void listeners.add(listener));
    vi.spyOn(signal, 'removeEventListener').mockImplementation((type, listener) => {
      if (type === 'abort') listeners.delete(listener);
    });
    for (const answer of [async () => new Response('{}'), () => Promise.reject(new TypeError('reset'))]) {
      await failureOf(answer, signal);
      expect(vi.getTimerCount()).toBe(0);
      expect(listeners.size).toBe(0);
    }
  });

  it('gives the whole answer: status, fields and bytes, up to the limit itself', async () => {
    const chunks = ['a'.repeat(600), 'b'.repeat(400)];
    const body = new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    const headers = { 'content-length': '1000', 'content-type': 'application/json' };
    const answered = await failureOf(async () => new Response(body, { status: 401, headers }));
    if (!(answered instanceof Response)) throw new Error(answered);
    expect(answered.status).toBe(401);
    expect(answered.headers.get('content-type')).toBe('application/json');
    expect(await answered.text()).toBe(chunks.join(''));
  });

  it.each([204, 205, 304])('RFC 9110 §6.4.1: an answer of %i has no body, and is one', async (status) => {
    expect(await failureOf(async () => new Response(null, { status }))).toMatchObject({ status, body: null });
  });

  it('too large and without a body is too large', async () => {
    const headers = { 'content-length': '1001' };
    expect(await failureOf(async () => new Response(null, { headers }))).toBe('too_large');
  });

  it('sends what there is to send, and nothing else', async () => {
    const sent: unknown[] = [];
    const fetch = createProviderFetch(async (_url, init) => {
      const { signal: _, ...rest } = init as RequestInit;
      sent.push(rest);
      return new Response();
    });
    const url = 'https://zitadel.test/';
    await fetch(url, { method: 'GET' });
    await fetch(url, { method: 'GET', body: null });
    await fetch(url, { method: 'POST', body: 'a=b', headers: { accept: 'application/json' } });
    expect(sent).toStrictEqual([
      { method: 'GET', redirect: 'manual' },
      { method: 'GET', redirect: 'manual' },
      { method: 'POST', redirect: 'manual', body: 'a=b', headers: { accept: 'application/json' } },
    ]);
  });

  it('follows no redirect', async () => {
    let redirect: string | undefined;
    await failureOf(async (request) => {
      redirect = request.redirect;
      return new Response(null, { status: 302, headers: { location: 'https://evil.example/' } });
    });
    expect(redirect).toBe('manual');
  });
});
