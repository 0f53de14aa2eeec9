// What whoever has no session can leave behind by beginning logins: every bound in one place, and the count of what was kept lately.
// Design §3 first row; docs/security-model.md says the same in words.

import { BoundedMap } from './bounded-map.ts';

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
/** How many of both in ten minutes, of one client and of all that one isolate serves. */
const WINDOW = 600;
const MOST_OF_A_CLIENT = 20;
const MOST_OF_ALL = 200;
/** Clients that are told apart. With more than that, those of one window have been too many long before. */
const CLIENTS = MOST_OF_ALL;

export interface Strangers {
  /** Counts one more thing to keep; false where it is one too many. `client` is undefined where nobody says who it is. */
  mayLeave(client: string | undefined): boolean;
}

/** In the isolate's memory, where asking costs nothing: it slows down, and LOGIN_RATE_LIMIT counts for a whole place of the edge. */
export function createStrangers(now: () => number): Strangers {
  let since = now();
  let all = 0;
  let clients = new BoundedMap<string, number>(CLIENTS);
  return {
    mayLeave(client) {
      if (now() - since >= WINDOW) [since, all, clients] = [now(), 0, new BoundedMap<string, number>(CLIENTS)];
      const ofClient = client === undefined ? 0 : (clients.get(client) ?? 0);
      if (all >= MOST_OF_ALL || ofClient >= MOST_OF_A_CLIENT) return false;
      all += 1;
      if (client !== undefined) clients.set(client, ofClient + 1);
      return true;
    },
  };
}
