// The trace that joins the log's line, the application's log and the visitor's.
// W3C Trace Context §3.2.

import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const PUBLIC = { ROUTES: [{ path: '/*', access: 'public' }] };

describe('traceparent', () => {
  it.each([
    ['a new trace', undefined],
    ['the visitor’s trace', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
  ])('the request event names what the application is told: %s', async (_, traceparent) => {
    const harness = createHarness({ env: PUBLIC });
    await harness.browser().navigate('/', { headers: traceparent === undefined ? {} : { traceparent } });
    const told = harness.received.at(-1)?.headers.get('traceparent');
    expect(harness.events.at(-1)).toMatchObject({ event: 'request', trace_id: told?.slice(3, 35) });
    if (traceparent) expect(told?.slice(0, 35)).toBe(traceparent.slice(0, 35));
  });

  it('a call to ZITADEL without a good answer: the event names the endpoint and the trace that ZITADEL was told', async () => {
    const harness = createHarness();
    harness.zitadel.faults.set('discovery', { status: 503 });
    await harness.browser().navigate('/');
    const event = harness.events.find((each) => each.event === 'provider_call_failed');
    expect(event).toMatchObject({ endpoint: 'openid-configuration', reason: '503', level: 'warn' });
    expect(event).toHaveProperty('trace_id', expect.stringMatching(/^[0-9a-f]{32}$/));
  });
});
