// After a failure all sessions of an isolate leave the provider alone for 1, 2, 4 … 15 seconds, or as long as it asks.
// RFC 9110 §10.2.3; promise 6 (a storm of requests makes no storm at ZITADEL).

import type { SessionFault } from '../user-object/dependencies.ts';

/** Seconds. */
const LONGEST_OF_OURS = 15;
const LONGEST_ASKED_FOR = 3_600;

export interface ProviderRest {
  /** What to answer while it lasts. */
  active(): SessionFault | undefined;
  /** Whether the provider itself has said for how long: then even a sign-out does not trouble it. */
  wasAskedFor(): boolean;
  begin(retryAfter: number | undefined): void;
  lift(): void;
}

export function createProviderRest(now: () => number): ProviderRest {
  let until = 0;
  let askedUntil = 0;
  let failures = 0;
  return {
    wasAskedFor: () => now() < askedUntil,
    active: () =>
      now() < until ? { reason: 'ZITADEL did not answer just now', retryAfter: Math.ceil(until - now()) } : undefined,
    begin(retryAfter) {
      askedUntil = Math.max(askedUntil, now() + Math.min(retryAfter ?? 0, LONGEST_ASKED_FOR));
      until = Math.max(askedUntil, now() + Math.min(2 ** failures, LONGEST_OF_OURS));
      failures += 1;
    },
    lift() {
      // A question that was under way may be answered meanwhile. That does not end a rest which the provider asked for.
      until = askedUntil;
      failures = 0;
    },
  };
}
