// How the worker reaches a user's Durable Object: with a deadline, with a second attempt where that is harmless, and with one fault.
// ARCHITECTURE §3 (deadlines); promise 10: when the object can't be asked, nobody passes.

import { GatewayError } from '../errors.ts';
import { LATE, within } from '../shared/isolate/deadline.ts';
import type { UserSessionsApi } from '../user-object/api.ts';

/** Milliseconds, a second attempt included. Reading claims includes calls to ZITADEL with deadlines of their own. */
const DEADLINE = 4_000;
const PROVIDER_DEADLINE = 12_000;

export interface UserSessionsDirectory {
  /** The object of the user with this `sub`. */
  ofUser(sub: string): UserSessionsApi;
  /** The object that knows whose ZITADEL session this is; logout tokens may name no user. */
  ofProviderSession(sid: string): UserSessionsApi;
  /** The object of one login, which keeps what its cookie can't. */
  ofLogin(key: string): UserSessionsApi;
  /** The object of one login, named by the login's cookie, that other logins of the same browser tell of their sessions. */
  ofTransaction(cookieName: string): UserSessionsApi;
}

/** Every failure becomes `store_unavailable`. */
export function createUserSessionsDirectory(open: (name: string) => UserSessionsApi): UserSessionsDirectory {
  return {
    ofUser: (sub) => client(`user:${sub}`),
    ofProviderSession: (sid) => client(`sid:${sid}`),
    ofLogin: (key) => client(`form:${key}`),
    // Among the pointers: no sid of ZITADEL's begins like a cookie of ours.
    ofTransaction: (cookieName) => client(`sid:${cookieName}`),
  };

  function client(name: string): UserSessionsApi {
    // A stub that has failed once may stay broken, so each call opens its own.
    const once = <T>(call: (object: UserSessionsApi) => Promise<T>, deadline = DEADLINE) =>
      inTime(async () => call(open(name)), deadline);
    const twice = <T>(call: (object: UserSessionsApi) => Promise<T>, deadline = DEADLINE) =>
      inTime(() => again(() => call(open(name))), deadline);
    return {
      begin: (start) => twice((object) => object.begin(start)),
      replace: (replacement) => twice((object) => object.replace(replacement)),
      standing: (query) => twice((object) => object.standing(query)),
      readClaims: (query) => once((object) => object.readClaims(query), PROVIDER_DEADLINE),
      tokens: (query) => once((object) => object.tokens(query), PROVIDER_DEADLINE),
      end: (selection, reason, revokeNow) =>
        twice((object) => object.end(selection, reason, revokeNow), PROVIDER_DEADLINE),
      takeLogoutNotice: (notice) => once((object) => object.takeLogoutNotice(notice)),
      list: () => twice((object) => object.list()),
      pointTo: (sub, expiresAt) => twice((object) => object.pointTo(sub, expiresAt)),
      pointedTo: () => twice((object) => object.pointedTo()),
      keep: (parts, expiresAt) => twice((object) => object.keep(parts, expiresAt)),
      kept: () => twice((object) => object.kept()),
      takeForm: () => once((object) => object.takeForm()),
      noteSignIn: (note) => twice((object) => object.noteSignIn(note)),
      notedSignIn: () => twice((object) => object.notedSignIn()),
    };
  }
}

/** An object that moved or was updated answers the second call. One that says it is overloaded is left alone. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if ((error as { overloaded?: unknown } | undefined)?.overloaded === true) throw error;
    return call();
  }
}

async function inTime<T>(call: () => Promise<T>, deadline: number): Promise<T> {
  let reason = 'no answer in time';
  let cause: unknown;
  try {
    const answer = await within(call(), deadline);
    if (answer !== LATE) return answer;
  } catch (error) {
    cause = error;
    reason = (error as Error).message;
  }
  throw new GatewayError('store_unavailable', `user's object: ${reason}`, { cause, retryAfter: 5 });
}
