// Bounds on what a client without a session can make the gateway keep by beginning logins, and the count of what was kept lately.
// ARCHITECTURE §3 first row; docs/security-model.md says the same in words.

import { createBudget } from '../shared/isolate/budget.ts';

/** Seconds a login may take: a person may have to register, confirm an address, or find their phone. */
export const TRANSACTION_LIFETIME = 3600;
/** Logins that may be under way at once in one browser; the oldest gives way. */
export const MAX_TRANSACTIONS = 8;
/** Characters of an address that leave room for the rest of a transaction in one cookie of 4,096 bytes. */
export const MAX_RETURN_TO_IN_COOKIE = 2_000;
/** Bytes of a form that is kept. Sealed, that makes 1.9 MB, and a Durable Object's value may have 2. */
export const MAX_FORM = 1024 * 1024;
/** Characters of a form's media type. */
export const MAX_FORM_TYPE = 256;

/** Seconds that a form or a long address of a stranger is kept. */
export const STRANGERS_LIFETIME = 1800;
/** How many forms and long addresses are kept: `most` at once, then one more in `every` seconds. */
const OF_A_CLIENT = { most: 20, every: 30 };
const OF_ALL = { most: 200, every: 3 };

export interface Strangers {
  /** Counts one more thing to keep; false if it is one too many. `client` is undefined where the client is unknown. */
  mayLeave(client: string | undefined): boolean;
  /** The same for a user whose session has ended. They have a count of their own, by `sub`, which strangers can't use up. */
  mayLeaveAgain(sub: string): boolean;
}

/** Counts in the isolate's memory, which costs nothing. LOGIN_RATE_LIMIT counts for a whole location of the edge. */
export function createStrangers(now: () => number): Strangers {
  const ofClient = createBudget({ ...OF_A_CLIENT, now });
  const ofAll = createBudget({ ...OF_ALL, now });
  const ofFormer = createBudget({ ...OF_A_CLIENT, now });
  return {
    mayLeave: (client) => (client === undefined || ofClient.take(client) === 0) && ofAll.take('') === 0,
    mayLeaveAgain: (sub) => ofFormer.take(sub) === 0,
  };
}
