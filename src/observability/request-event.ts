// One wide event per request, and the few events that no request of the visitor causes.
// An event never holds a token, a cookie, a code, a query, or a person's name; it names people by `sub` only.

import type { LogLevel } from '../errors.ts';

export interface RequestEvent {
  event: 'request';
  level: LogLevel;
  request_id: string;
  method: string;
  host: string;
  /** As it is configured: a wildcard stands for all its hosts. Missing where there is one site, and where none serves the host. */
  site?: string;
  /** Without the query, which may hold anything. */
  path: string;
  /** Which endpoint answered: `login`, `callback`, … or `upstream`. */
  endpoint?: string;
  status?: number;
  /** From FAULTS. */
  fault?: string;
  /** Why, for the operator. */
  reason?: string;
  /** Number of the rule that decided (1 is the first); missing where none matched. */
  rule?: number;
  decision?: string;
  /** What a report-mode rule would have done. */
  report?: unknown;
  credentials?: 'session' | 'bearer';
  sub?: string;
  /** How fresh the claims were: `fresh`, `behind`, `read`, `kept`, `ended`. */
  claims?: string;
  /** The visitor came with a cookie of a session that is over, for this reason. */
  session_ended?: string;
  /** The trace that the application was told (W3C Trace Context). */
  trace_id?: string;
  upstream_status?: number;
  /** Milliseconds to the upstream's first byte. */
  upstream_ms?: number;
  duration_ms?: number;
}

export interface NoteEvent {
  event: string;
  level: LogLevel;
  reason?: string;
  sub?: string;
  [field: string]: unknown;
}

export type Emit = (event: RequestEvent | NoteEvent) => void;
