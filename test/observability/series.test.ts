// Which event moves which counter, and what a scraper reads.
// Prometheus text format 0.0.4.

import { describe, expect, it } from 'vitest';
import { writeExposition } from '../../src/observability/exposition.ts';
import type { NoteEvent, RequestEvent } from '../../src/observability/request-event.ts';
import { type Counts, countEvent } from '../../src/observability/series.ts';
import { requestEvent } from './counters.ts';

function countsOf(...events: (RequestEvent | NoteEvent)[]): Counts {
  const counts: Counts = {};
  for (const event of events) countEvent(counts, event);
  return counts;
}

const note = (event: string, fields: Partial<NoteEvent> = {}): NoteEvent => ({
  event,
  level: 'info',
  sub: '249703111111111111',
  ...fields,
});

describe('what is counted', () => {
  it.each([
    [note('session_began'), 'event="session_began",level="info"'],
    [note('session_ended', { reason: 'logout' }), 'event="session_ended",level="info",reason="logout"'],
    [note('refreshed'), 'event="refreshed",level="info"'],
    [note('refresh_failed', { level: 'warn', reason: 'x' }), 'event="refresh_failed",level="warn"'],
    [note('refresh_failed', { level: 'error', reason: 'x' }), 'event="refresh_failed",level="error"'],
    [note('claims_failed', { level: 'warn', reason: 'x' }), 'event="claims_failed",level="warn"'],
    [note('revocation', { reason: 'done' }), 'event="revocation",level="info",reason="done"'],
    [note('store_failed', { level: 'warn', reason: 'KV write: 429' }), 'event="store_failed",level="warn"'],
    [
      note('provider_call_failed', { level: 'warn', endpoint: 'token', reason: 'timeout' }),
      'event="provider_call_failed",level="warn",endpoint="token",reason="timeout"',
    ],
  ])('%o', (event, key) => {
    expect(countsOf(event)).toEqual({ [`events_total{${key}}`]: 1 });
  });

  it('a request: by endpoint, class of status, decision and credentials; its fault; its claims', () => {
    const event = requestEvent({
      endpoint: 'upstream',
      status: 503,
      decision: 'allow: authenticated',
      credentials: 'session',
      fault: 'store_unavailable',
      claims: 'kept',
    });
    expect(countsOf(event)).toEqual({
      'requests_total{endpoint="upstream",status="5xx",decision="allow: authenticated",credentials="session"}': 1,
      'refusals_total{code="store_unavailable"}': 1,
      'claims_total{claims="kept"}': 1,
    });
  });

  it('the upstream’s time: cumulative buckets, sum and count', () => {
    const counts = countsOf(requestEvent({ upstream_ms: 120 }), requestEvent({ upstream_ms: 12_000 }));
    expect(counts).toMatchObject({
      'upstream_seconds_bucket{le="0.1"}': 0,
      'upstream_seconds_bucket{le="0.25"}': 1,
      'upstream_seconds_bucket{le="10"}': 1,
      'upstream_seconds_bucket{le="+Inf"}': 2,
      upstream_seconds_count: 2,
    });
    expect(counts['upstream_seconds_sum']).toBeCloseTo(12.12);
  });

  it('no subject, path, host, reference or message becomes a label, and numbers in decisions make no series each', () => {
    const counts = countsOf(
      requestEvent({ sub: '249703111111111111', reason: 'rfc: odd', decision: 'ended_3_sessions' }),
      requestEvent({ decision: 'ended_17_sessions', request_id: 'another', method: 'BREW', path: '/x' }),
      note('refresh_failed', { reason: 'Errors.OIDCSession.RefreshTokenInvalid' }),
      note('claims_failed', { reason: 'some text' }),
    );
    expect(Object.keys(counts)).toHaveLength(3);
    expect(JSON.stringify(counts)).not.toMatch(/2497|secret|example|another|odd|BREW|Errors|text/);
  });
});

describe('Prometheus text format 0.0.4', () => {
  const LINE = /^postern_[a-z_]+(\{([a-z_]+="[^"\\\n]*",?)+\})? \d+(\.\d+)?$/;

  it('each family’s lines stand together under HELP and TYPE, and HELP says what may be missing', () => {
    const counts = countsOf(
      requestEvent({ upstream_ms: 3 }),
      note('session_began'),
      requestEvent({ endpoint: 'login', status: 302 }),
    );
    const text = writeExposition({ ...counts, counting_since_seconds: 1_790_000_000, flushes_total: 2 });
    expect(text.endsWith('\n')).toBe(true);
    const families: string[] = [];
    for (const line of text.trimEnd().split('\n')) {
      const [, kind, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (kind === 'HELP') {
        families.push(name ?? '');
        expect(line).toContain('without the last 10 s of isolates that ended');
      } else if (kind === undefined) {
        expect(line).toMatch(LINE);
        expect(line.startsWith(families.at(-1) ?? '?')).toBe(true);
      }
    }
    expect(new Set(families).size).toBe(families.length);
    expect(text).toContain('# TYPE postern_upstream_seconds histogram\n');
    expect(text).toContain('# TYPE postern_counting_since_seconds gauge\n');
    expect(text).toContain('postern_events_total{event="session_began",level="info"} 1\n');
  });

  it('buckets in their order', () => {
    const text = writeExposition(countsOf(requestEvent({ upstream_ms: 9_000 })));
    const bounds = [...text.matchAll(/le="([^"]+)"/g)].map(([, bound]) => bound);
    expect(bounds).toEqual(['0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']);
  });
});
