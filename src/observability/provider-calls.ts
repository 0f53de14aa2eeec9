// What is logged of a call to ZITADEL: each call carries a trace of its own, and one without a good answer is an event.
// W3C Trace Context §3.2. The event names the endpoint by the last part of its path, and never holds a query or a body.

import { randomHex } from '../shared/random.ts';
import type { Emit } from './request-event.ts';

type Call = (url: string, request: { headers?: HeadersInit; method: string }) => Promise<Response>;

export function observeCalls<Fetch extends Call>(fetch: Fetch, emit: Emit): Fetch {
  const observed = async (url: string, request: Parameters<Fetch>[1]) => {
    const trace_id = randomHex(16);
    const headers = new Headers(request.headers);
    headers.set('traceparent', `00-${trace_id}-${randomHex(8)}-01`);
    const failed = (reason: string) => {
      const endpoint = new URL(url).pathname.replace(/^.*\//, '');
      emit({ event: 'provider_call_failed', level: 'warn', endpoint, reason, trace_id });
    };
    try {
      const response = await fetch(url, { ...request, headers });
      if (response.status >= 500 || response.status === 429) failed(String(response.status));
      return response;
    } catch (error) {
      failed((error as { failure?: string }).failure ?? 'network');
      throw error;
    }
  };
  return observed as Fetch;
}
