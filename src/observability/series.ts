// What is counted: from one event to the counters it moves. Pure; a counter's name is written as Prometheus shows it.
// Prometheus text format 0.0.4. Labels come from short lists in the code, sites from the configuration: never a subject, a path, a host that a
// visitor names, or a message.

import type { NoteEvent, RequestEvent } from './request-event.ts';

/** `requests_total{endpoint="login",…}` → how often. */
export type Counts = Record<string, number>;

/** Seconds. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The reason of other notes is free text. */
const NOTES_WITH_REASON = ['session_ended', 'revocation', 'provider_call_failed'];

export function countEvent(counts: Counts, event: RequestEvent | NoteEvent): void {
  const count: Count = (name, labels = {}, by = 1) => {
    const written = Object.entries(labels).flatMap(([label, value]) =>
      value === undefined ? [] : [`${label}="${value}"`],
    );
    const key = written.length > 0 ? `${name}{${written}}` : name;
    counts[key] = (counts[key] ?? 0) + by;
  };
  if (isRequest(event)) countRequest(event, count);
  else countNote(event, count);
}

const isRequest = (event: RequestEvent | NoteEvent): event is RequestEvent => event.event === 'request';

type Count = (name: string, labels?: object, by?: number) => void;

/** The labels are the log's words. */
function countNote({ event, level, endpoint, reason }: NoteEvent, count: Count): void {
  count('events_total', { event, level, ...(NOTES_WITH_REASON.includes(event) && { endpoint, reason }) });
}

function countRequest(event: RequestEvent, count: Count): void {
  const { endpoint, site, status = 0, decision, claims, fault, credentials, upstream_ms } = event;
  // Numbers in a decision ("ended_3_sessions") would make a series each.
  const bounded = decision?.replace(/\d+/g, 'n');
  count('requests_total', { endpoint, status: `${Math.floor(status / 100)}xx`, decision: bounded, credentials });
  if (fault !== undefined) count('refusals_total', { code: fault });
  // Apart: as a label of all series, hundreds of sites would make hundreds of times as many.
  if (site !== undefined) count('site_requests_total', { site, status: `${Math.floor(status / 100)}xx` });
  if (claims !== undefined) count('claims_total', { claims });
  if (upstream_ms === undefined) return;
  const seconds = upstream_ms / 1000;
  for (const le of BUCKETS) count('upstream_seconds_bucket', { le }, Number(seconds <= le));
  count('upstream_seconds_bucket', { le: '+Inf' });
  count('upstream_seconds_sum', {}, seconds);
  count('upstream_seconds_count');
}
