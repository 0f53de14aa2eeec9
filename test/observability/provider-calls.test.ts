// What the log learns of a call to ZITADEL, and the trace that goes with it.
// W3C Trace Context §3.2.

import { describe, expect, it } from 'vitest';
import { observeCalls } from '../../src/observability/provider-calls.ts';
import type { NoteEvent } from '../../src/observability/request-event.ts';

const TOKEN = 'https://zitadel.test/oauth/v2/token?code=nobody-sees-this';

function bed(answer: () => Promise<Response>) {
  const events: NoteEvent[] = [];
  const sent: Headers[] = [];
  const call = observeCalls(
    async (_url: string, { headers }: { headers?: HeadersInit; method: string }) => {
      sent.push(new Headers(headers));
      return answer();
    },
    (event) => events.push(event as NoteEvent),
  );
  return { events, sent, call };
}

describe('calls to ZITADEL', () => {
  it('carry a traceparent of their own beside what they carried, and a good answer is no event', async () => {
    const { call, sent, events } = bed(async () => Response.json({ error: 'invalid_grant' }, { status: 400 }));
    await call(TOKEN, { method: 'POST', headers: { accept: 'application/json' } });
    await call(TOKEN, { method: 'POST' });
    const traces = sent.map((headers) => headers.get('traceparent'));
    for (const trace of traces) expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(new Set(traces).size).toBe(2);
    expect(sent[0]?.get('accept')).toBe('application/json');
    expect(events).toEqual([]);
  });

  it.each([
    [async () => new Response(null, { status: 503 }), '503'],
    [async () => new Response(null, { status: 429 }), '429'],
    [async () => Promise.reject(Object.assign(new Error('x'), { failure: 'timeout' })), 'timeout'],
    [async () => Promise.reject(new TypeError('x')), 'network'],
  ])('without a good answer are an event with endpoint, reason and trace (%#)', async (answer, reason) => {
    const { call, sent, events } = bed(answer);
    await call(TOKEN, { method: 'POST' }).catch(() => undefined);
    const trace_id = sent[0]?.get('traceparent')?.slice(3, 35);
    expect(events).toEqual([{ event: 'provider_call_failed', level: 'warn', endpoint: 'token', reason, trace_id }]);
  });

  it('fail as they failed', async () => {
    const failure = new TypeError('x');
    const { call } = bed(() => Promise.reject(failure));
    await expect(call(TOKEN, { method: 'POST' })).rejects.toBe(failure);
  });
});
