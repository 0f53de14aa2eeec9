// Every call to ZITADEL goes through here: a deadline for the whole answer, a limit on its size, no redirect followed.
// RFC 9700 §4.12; ARCHITECTURE §3 ("each call to ZITADEL or a store has a deadline").

import { readLimited } from '../shared/read-limited.ts';

export type ProviderCallFailure = 'timeout' | 'network' | 'too_large';

/** The authorization server could not be asked, or did not answer as a whole. Always worth another try later. */
export class ProviderCallError extends Error {
  override readonly name = 'ProviderCallError';
  readonly failure: ProviderCallFailure;

  constructor(failure: ProviderCallFailure, endpoint: string, cause?: unknown) {
    super(`${failure} at ${endpoint}`, { cause });
    this.failure = failure;
  }
}

/** What oauth4webapi's `customFetch` hands over; the same shape serves our own calls. */
export interface ProviderRequest {
  method: string;
  headers?: HeadersInit;
  body?: string | URLSearchParams | null | undefined;
  signal?: AbortSignal | undefined;
}

export type ProviderFetch = (url: string, request: ProviderRequest) => Promise<Response>;

interface Limits {
  /** Milliseconds for the whole answer. */
  readonly deadline: number;
  /** Bytes of body; ZITADEL's largest answers (users with thousands of roles) stay well below. */
  readonly maxBytes: number;
}

export const DEFAULT_LIMITS: Limits = { deadline: 5_000, maxBytes: 1_048_576 };

export function createProviderFetch(fetch: typeof globalThis.fetch, limits: Limits = DEFAULT_LIMITS): ProviderFetch {
  async function ask(url: string, endpoint: string, request: ProviderRequest): Promise<Response> {
    const { method, headers, body, signal } = request;
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      ...(signal && { signal }),
      ...(headers && { headers }),
      ...(body !== undefined && body !== null && { body }),
    });
    const bytes = await readLimited(response, limits.maxBytes);
    if (bytes === undefined) throw new ProviderCallError('too_large', endpoint);
    const hasBody = ![101, 204, 205, 304].includes(response.status);
    return new Response(hasBody ? bytes : null, { status: response.status, headers: response.headers });
  }

  return async (url, request) => {
    // A query never leaves in a log line; ours hold no secret, but a misconfigured endpoint might.
    const endpoint = url.split('?')[0] ?? url;
    const controller = new AbortController();
    const { signal } = controller;
    const abort = () => controller.abort();
    const timer = setTimeout(abort, limits.deadline);
    const { signal: outer } = request;
    outer?.addEventListener('abort', abort, { once: true });
    if (outer?.aborted) abort();
    try {
      return await Promise.race([failOnAbort(signal, endpoint), ask(url, endpoint, { ...request, signal })]);
    } catch (error) {
      if (error instanceof ProviderCallError) throw error;
      throw new ProviderCallError(signal.aborted ? 'timeout' : 'network', endpoint, error);
    } finally {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    }
  };
}

/** The deadline holds whether or not the runtime's fetch hears of it. */
function failOnAbort(signal: AbortSignal, endpoint: string): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new ProviderCallError('timeout', endpoint));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}
