// Leaving ZITADEL alone for as long as it asks, and coming back with one question first: what that one hears decides for the others.
// RFC 9110 §10.2.3 (Retry-After); RFC 6585 §4 (429).

import { GatewayError } from '../../errors.ts';
import { createSingleFlight } from '../../shared/isolate/single-flight.ts';

export interface Pause {
  /** @throws GatewayError `provider_unavailable` while it lasts, else what the question throws */
  ask<Answer>(question: () => Promise<Answer>): Promise<Answer>;
  /** Nobody may ask just now: ZITADEL is left alone, or the first question afterwards is under way. */
  isClosed(): boolean;
  /** ZITADEL has asked for a pause, and has not answered since. */
  isOn(): boolean;
  /** @throws GatewayError `provider_unavailable` for as long as ZITADEL wants to be left alone */
  assertOver(): void;
}

/** Seconds that ZITADEL may ask us to leave it alone. */
const LONGEST_PAUSE = 60;
/** The first question after a pause; there is only one at a time. */
const FIRST = '';

export function createPause(now: () => number): Pause {
  const state = { until: 0, isOn: false };
  // The others wait for its end, not for its answer. The request that asks keeps it alive.
  const probe = createSingleFlight<void>({ waitUntil: () => undefined });

  function assertOver(): void {
    const left = Math.ceil(state.until - now());
    if (left <= 0) return;
    throw new GatewayError('provider_unavailable', 'introspection: ZITADEL asked for a pause', { retryAfter: left });
  }

  return {
    async ask(question) {
      assertOver();
      if (probe.isUnderWay(FIRST)) await probe.join(FIRST);
      // From here to where the next probe is set nothing is awaited: of all who waited, one becomes it.
      assertOver();
      if (probe.isUnderWay(FIRST) && state.isOn) {
        throw new GatewayError('provider_unavailable', 'introspection: not yet after a pause', { retryAfter: 1 });
      }
      const attempted = attempt(question, state, now);
      if (state.isOn) void probe.askAfresh(FIRST, () => ended(attempted));
      return attempted;
    },
    isClosed: () => now() < state.until || probe.isUnderWay(FIRST),
    isOn: () => state.isOn,
    assertOver,
  };
}

interface State {
  /** Seconds since the epoch. */
  until: number;
  isOn: boolean;
}

async function attempt<Answer>(question: () => Promise<Answer>, state: State, now: () => number): Promise<Answer> {
  try {
    const answer = await question();
    if (now() >= state.until) state.isOn = false;
    return answer;
  } catch (error) {
    const wait = error instanceof GatewayError ? error.retryAfter : undefined;
    if (wait !== undefined) {
      state.until = Math.max(state.until, now() + Math.min(wait, LONGEST_PAUSE));
      state.isOn = true;
    }
    throw error;
  }
}

function ended(task: Promise<unknown>): Promise<void> {
  return task.then(
    () => undefined,
    () => undefined,
  );
}
