// How the worker reaches a user's Durable Object: with a deadline, one retry where that is harmless, and one fault.
// Design §3 (deadlines), promise 10: when the object can't be asked, nobody passes.

import { GatewayError } from '../errors.ts';
import type { UserSessionsApi } from './user-sessions.ts';

/** Milliseconds. Reading claims includes calls to ZITADEL with deadlines of their own. */
const DEADLINE = 4_000;
const PROVIDER_DEADLINE = 12_000;

export interface UserSessionsDirectory {
  /** The object of the user with this `sub`. */
  ofUser(sub: string): UserSessionsApi;
  /** The object that knows whose ZITADEL session this is; logout tokens may name no user. */
  ofProviderSession(sid: string): UserSessionsApi;
}

/** Every failure becomes `store_unavailable`. */
export function createUserSessionsDirectory(open: (name: string) => UserSessionsApi): UserSessionsDirectory {
  return { ofUser: (sub) => client(`user:${sub}`), ofProviderSession: (sid) => client(`sid:${sid}`) };

  function client(name: string): UserSessionsApi {
    // A stub that has failed once may stay broken, so each call opens its own.
    const once = <T>(call: (object: UserSessionsApi) => Promise<T>, deadline = DEADLINE) =>
      withDeadline(() => call(open(name)), deadline);
    const twice = async <T>(call: (object: UserSessionsApi) => Promise<T>, deadline = DEADLINE): Promise<T> => {
      try {
        return await once(call, deadline);
      } catch (error) {
        // An object that moved or was updated answers the second call; one that hangs would only hang again.
        if (error instanceof Error && error.message.includes(TIMED_OUT)) throw error;
        return once(call, deadline);
      }
    };
    return {
      begin: (start) => twice((object) => object.begin(start)),
      standing: (query) => twice((object) => object.standing(query)),
      readClaims: (query) => once((object) => object.readClaims(query), PROVIDER_DEADLINE),
      tokens: (query) => once((object) => object.tokens(query), PROVIDER_DEADLINE),
      end: (selection, reason, revokeNow) => twice((object) => object.end(selection, reason, revokeNow), PROVIDER_DEADLINE),
      takeLogoutNotice: (notice) => once((object) => object.takeLogoutNotice(notice)),
      list: () => twice((object) => object.list()),
      pointTo: (sub, expiresAt) => twice((object) => object.pointTo(sub, expiresAt)),
      pointedTo: () => twice((object) => object.pointedTo()),
    };
  }
}

const TIMED_OUT = 'no answer in time';

async function withDeadline<T>(call: () => Promise<T>, deadline: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(TIMED_OUT)), deadline);
  });
  try {
    return await Promise.race([call(), late]);
  } catch (cause) {
    throw new GatewayError('store_unavailable', `user's object: ${(cause as Error).message}`, { cause, retryAfter: 5 });
  } finally {
    clearTimeout(timer);
  }
}
