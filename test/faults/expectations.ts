// What must come of each cell, derived from ARCHITECTURE §3 and promises 1 to 6, or why there is no such cell.

import type { Fault, Place } from './places.ts';
import { isBearer, isSignedIn, type Visit, WAVE } from './visits.ts';

export interface Expectation {
  /** Of the last answer of a login, of every answer of the others. */
  readonly status: readonly number[];
  /** Calls of the broken place, at most, for two waves of requests. */
  readonly asked: number;
  /** May the session have ended when all is well again? */
  readonly session?: 'kept' | 'kept or one sign-in';
  readonly breaksOff?: boolean;
  /** The refresh token is dead at ZITADEL once all is well again. */
  readonly revoked?: boolean;
}

/** Whom a visit depends on (ARCHITECTURE §6); everybody else may break without anybody noticing. */
const NEEDS: Readonly<Record<Visit, readonly Place[]>> = {
  anonymous: ['discovery', 'authorize', 'token', 'keys', 'userinfo', 'KV write', 'Durable Object', 'upstream'],
  // Promise 11.
  fresh: ['upstream'],
  stale: ['discovery', 'userinfo', 'KV read', 'Durable Object', 'upstream'],
  XHR: ['discovery', 'userinfo', 'KV read', 'Durable Object', 'upstream'],
  renewal: ['discovery', 'token', 'keys', 'userinfo', 'KV read', 'KV write', 'Durable Object', 'upstream'],
  'bearer JWT': ['discovery', 'keys', 'upstream'],
  'bearer opaque': ['discovery', 'introspection', 'upstream'],
  'sign-out': ['discovery', 'keys', 'revocation', 'KV read', 'KV write', 'Durable Object'],
};

export function whyNot(place: Place, fault: Fault, visit: Visit): string | undefined {
  const isAnswer = fault === 'HTML' || fault.endsWith('JSON') || fault === '10 MB';
  if (place === 'authorize' && visit !== 'anonymous') return 'only a login leads there';
  if (place === 'authorize' && !isAnswer && fault !== '429' && fault !== '500')
    return 'the browser shows it, nobody comes back';
  if (place === 'KV write' && isAnswer) return 'a write has no answer to be wrong';
  if (place === 'Durable Object' && isAnswer) return 'an object answers in values, not in bytes';
  if (place === 'upstream' && visit === 'sign-out') return 'a sign-out does not go there';
  return undefined;
}

export function expectationOf(place: Place, fault: Fault, visit: Visit): Expectation {
  if (!NEEDS[visit].includes(place)) return { status: visit === 'sign-out' ? [303] : [200], asked: 0 };
  if (place === 'upstream') return upstreamExpectation(fault);
  if (visit === 'anonymous') return loginExpectation(place, fault);
  // Promise 4: signed out here, whatever ZITADEL, KV and the object say; the object is told when it is back.
  if (visit === 'sign-out') return signOutExpectation(place, fault);
  // Promise 10: whether the session stands is unknown.
  if (place === 'Durable Object') return { status: [503], asked: 4, session: 'kept' };
  // ARCHITECTURE §3: no verdict is no refusal. Once for those who come together.
  if (isBearer(visit)) return { status: [503], asked: fault === '429' && place === 'introspection' ? 1 : 2 };
  if (isSignedIn(visit)) return sessionExpectation(place, fault, visit);
  throw new Error(`nothing is expected of ${place} ${fault} ${visit}`);
}

/** Promise 4; ARCHITECTURE §2: it ends here, then at ZITADEL, which is told again if it did not hear. */
function signOutExpectation(place: Place, fault: Fault): Expectation {
  if (place === 'Durable Object') return { status: [200], asked: 2 };
  // Whether the ID token's key is still published; where nobody can say, the keys that are known decide.
  if (place === 'keys') return { status: [303], asked: 1 };
  // RFC 7009 §2.2: status 200 means that it is done, whatever the answer's body is. A token that KV has lost can't be revoked.
  const isAnswered = fault === 'HTML' || fault.endsWith('JSON') || fault === '10 MB';
  return { status: [200, 303], asked: 2, revoked: !isAnswered };
}

/** ARCHITECTURE §3: 502, 504, and whatever the application says is its own business. */
function upstreamExpectation(fault: Fault): Expectation {
  const status = { refused: 502, 'time-out': 504, '429': 429, '500': 500 }[fault as string] ?? 200;
  // A request that may be repeated is, once, where the connection failed.
  return { status: [status], asked: 4 * WAVE, session: 'kept', breaksOff: fault === 'reset' };
}

function loginExpectation(place: Place, fault: Fault): Expectation {
  // A login that is refused, or starts again with a code that never was one.
  if (place === 'authorize') return { status: fault === '429' || fault === '500' ? [400, 503] : [400, 302], asked: 0 };
  if (place === 'KV write') return { status: [200], asked: 2 };
  // Beginning the session, and who it belongs to at ZITADEL; each twice, unless the object asks to be left alone.
  if (place === 'Durable Object') return { status: [503], asked: fault === '429' ? 2 : 4 };
  // Well-formed, and wrong: an answer that fails a check.
  return { status: fault === 'other JSON' ? [503, 400] : [503], asked: 2 };
}

/** Promise 6: nobody notices, nobody is signed out, ZITADEL is left alone. */
function sessionExpectation(place: Place, fault: Fault, visit: Visit): Expectation {
  // Promise 2: ZITADEL has renewed and nobody heard of it. And what KV holds is not what was put there.
  const isLost =
    (place === 'token' && fault === 'reset') ||
    (place === 'KV read' && !['refused', 'time-out', 'reset', '429', '500'].includes(fault));
  return {
    // Who has to sign in again is led there, a script is told so.
    status: isLost ? [200, visit === 'XHR' ? 401 : 302] : [200],
    asked: place === 'KV write' ? 2 : 1,
    session: isLost ? 'kept or one sign-in' : 'kept',
  };
}
