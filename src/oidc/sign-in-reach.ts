// Whether ZITADEL answers where visitors are about to be sent: metadata in memory says nothing of it, and a browser's own error page has no
// way back. Asked before each sign-in, once for all that begin at the same time. OIDC Core §3.1.2; promise 6.
// A flood of sign-ins asks once a second; in between the last answer counts. Nothing else is remembered: an outage begins and ends at once.

import { GatewayError } from '../errors.ts';
import { createBudget } from '../shared/isolate/budget.ts';
import { LATE, within } from '../shared/isolate/deadline.ts';
import { createSingleFlight } from '../shared/isolate/single-flight.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';

/** Throws `provider_unavailable` where it does not. */
export type AssertSignInReach = () => Promise<void>;

/** Milliseconds. It refuses an incomplete request, which takes no longer than the way there and back: else it is not well. */
const DEADLINE = 3_000;
/** Questions at once, and one more every second. */
const SHARE = { most: 20, every: 1 };

interface Dependencies {
  readonly metadata: ProviderMetadata;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createSignInReach({ metadata, fetch, now, waitUntil }: Dependencies): AssertSignInReach {
  const budget = createBudget({ ...SHARE, now });
  const single = createSingleFlight<string | undefined>({ waitUntil, patience: DEADLINE });
  let problem: string | undefined;

  async function ask(endpoint: string): Promise<string | undefined> {
    try {
      // Without parameters, which begins nothing.
      const { status } = await fetch(endpoint, { method: 'GET' });
      // Whatever else is said to a question without parameters, 404 too, comes from somebody who answers visitors.
      problem = status >= 500 ? `status ${status}` : undefined;
    } catch (error) {
      problem = (error as Error).message;
    }
    return problem;
  }

  return async () => {
    // It has a deadline of its own: an isolate that reads it for the first time takes longer.
    const { authorization_endpoint } = await metadata.load();
    if (!single.isUnderWay('') && budget.take('') > 0) return assertNone(problem);
    const found = await within(
      single.ask('', () => ask(authorization_endpoint as string)),
      DEADLINE,
    );
    assertNone(found === LATE ? 'no answer in time' : found);
  };
}

function assertNone(problem: string | undefined): void {
  if (problem !== undefined) throw new GatewayError('provider_unavailable', `authorization_endpoint: ${problem}`);
}
