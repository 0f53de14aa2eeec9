// What is counted: from one event to the counters it moves. Pure; a counter's name is written as Prometheus shows it.
// Prometheus text format 0.0.4. Labels come from short lists in the code: never a subject, a path, a host or a message.

import type { NoteEvent, RequestEvent } from './request-event.ts';

/** `requests_total{endpoint="login",…}` → how often. */
export type Counts = Record<string, number>;

/** Seconds. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity];

export function countEvent(counts: Counts, event: RequestEvent | NoteEvent): void {
  const count: Count = (name, labels = {}, by = 1) => {
    const written = Object.entries(labels).map(([label, value]) => `${label}="${value ?? 'none'}"`);
    const key = name + (written.length > 0 ? `{${written}}` : '');
    counts[key] = (counts[key] ?? 0) + by;
  };
  if (isRequest(event)) {
    countRequest(event, count);
  } else {
    const moved = seriesOf(event);
    if (moved) count(...moved);
  }
}

const isRequest = (event: RequestEvent | NoteEvent): event is RequestEvent => event.event === 'request';

type Count = (name: string, labels?: object, by?: number) => void;

function countRequest(event: RequestEvent, count: Count): void {
  const { endpoint, status = 0, decision, claims, fault, credentials, upstream_ms } = event;
  // Numbers in a decision ("ended_3_sessions") would make a series each.
  const bounded = decision?.replace(/\d+/g, 'n');
  count('requests_total', { endpoint, status: `${Math.floor(status / 100)}xx`, decision: bounded, credentials });
  if (fault !== undefined) count('refusals_total', { code: fault });
  if (fault === 'store_unavailable') count('store_failures_total', { store: 'objects' });
  if (claims !== undefined) count('claims_total', { claims });
  if (upstream_ms === undefined) return;
  const seconds = upstream_ms / 1000;
  for (const le of BUCKETS)
    count('upstream_seconds_bucket', { le: le === Infinity ? '+Inf' : le }, Number(seconds <= le));
  count('upstream_seconds_sum', {}, seconds);
  count('upstream_seconds_count');
}

/** The counter that a note moves, if it moves one. */
function seriesOf({ event, level, reason, endpoint }: NoteEvent): readonly [name: string, labels?: object] | undefined {
  switch (event) {
    case 'session_began':
      return ['sign_ins_total'];
    case 'session_ended':
      return ['session_ends_total', { reason }];
    case 'refreshed':
      return ['refreshes_total', { outcome: 'renewed' }];
    case 'refresh_failed':
      // What ZITADEL holds against the gateway itself is logged as an error.
      return ['refreshes_total', { outcome: level === 'error' ? 'misconfigured' : 'failed' }];
    case 'claims_failed':
      return ['claims_total', { claims: 'failed' }];
    case 'revocation':
      return ['revocations_total', { outcome: reason }];
    case 'store_failed':
      return ['store_failures_total', { store: 'kv' }];
    case 'provider_call_failed':
      return ['provider_failures_total', { endpoint, reason }];
    default:
      return undefined;
  }
}
