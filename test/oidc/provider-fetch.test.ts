// Every call to ZITADEL: an end in time, a limit in size, no redirect followed. Design §3.

import { describe, expect, it } from 'vitest';
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

  it('follows no redirect', async () => {
    let redirect: string | undefined;
    await failureOf(async (request) => {
      redirect = request.redirect;
      return new Response(null, { status: 302, headers: { location: 'https://evil.example/' } });
    });
    expect(redirect).toBe('manual');
  });
});
