// How long each session leaves ZITADEL alone after a failure. In memory: an object that was evicted may try once more.
// Promise 6 (a storm of requests makes no storm at ZITADEL).

import type { Postponed } from './api.ts';
import { backoff } from './session-record.ts';

export class Backoffs {
  readonly #now: () => number;
  readonly #entries = new Map<string, { at: number; failures: number; reason: string }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The answer while waiting is on; undefined when the next attempt may go. */
  waiting(id: string): Postponed | undefined {
    const entry = this.#entries.get(id);
    return entry && this.#now() < entry.at ? { kind: 'kept', retryAt: entry.at, reason: entry.reason } : undefined;
  }

  /** `retryAfter` in seconds. */
  failed(id: string, { reason, retryAfter }: { reason: string; retryAfter?: number }): Postponed {
    const failures = this.#entries.get(id)?.failures ?? 0;
    const at = this.#now() + backoff(failures, retryAfter);
    this.#entries.set(id, { at, failures: failures + 1, reason });
    return { kind: 'kept', retryAt: at, reason };
  }

  succeeded(id: string): void {
    this.#entries.delete(id);
  }
}
