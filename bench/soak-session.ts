// What a visitor of a soak knows of their session: when it began, what has happened to it, and so whether it may have ended, or must have.
// Promises 2, 4 and 6. Times are milliseconds of `performance.now()`.

import type { FaultBoard } from './soak-faults.ts';
import { SLACK, TIMES } from './soak-world.ts';

export interface PersonsSession {
  readonly at: number;
  readonly sid: string;
  /** The Cookie header as it was at first: a tab that has been lying about sends it again. */
  readonly firstCookie: string;
  /** The last request that was certainly taken for activity, and the last one that may have been. */
  activeAt: number;
  perhapsActiveAt: number;
  /** When an administrator ended it at ZITADEL, and when the gateway, having been told, must have. */
  endedAtZitadel: number;
  mustEndBy: number;
  /** ZITADEL's answer to a renewal broke off. */
  isRenewalCut: boolean;
}

export function beginSession(sid: string, firstCookie: string): PersonsSession {
  const at = performance.now();
  const never = Number.POSITIVE_INFINITY;
  return {
    at,
    sid,
    firstCookie,
    activeAt: at,
    perhapsActiveAt: at,
    endedAtZitadel: never,
    mustEndBy: never,
    isRenewalCut: false,
  };
}

/** KV gives something that nobody put there. */
const SPOILT_KV = ['HTML', 'wrong JSON', '10 MB'] as const;
/** Milliseconds for which a session may still be served after KV's answer has ended it. */
const UNNOTICED = 15_000;

/** Why it may have ended, if it may: its own time, or a fault that no gateway can make good (promise 2: one sign-in). */
export function whyOver(session: PersonsSession, at: number, board: FaultBoard) {
  const isOver = at > session.at + TIMES.maximum * 1000 - SLACK || at > session.endedAtZitadel;
  // Activity is noticed in steps of a quarter.
  const isIdle = at > session.activeAt + TIMES.session * 750 - SLACK;
  if (isOver || isIdle) return 'time';
  if (session.isRenewalCut) return 'renewalsLost';
  const lately = Math.max(session.at, session.activeAt - UNNOTICED);
  return board.touched(['KV read'], lately, at, SPOILT_KV) ? 'tokensLost' : undefined;
}

/** What does not hold where a request that was sent at `from` is still served. */
export function whyOverdue(session: PersonsSession, from: number): string | undefined {
  if (from > session.mustEndBy) return 'ended at ZITADEL means ended here';
  if (from > session.at + TIMES.maximum * 1000 + SLACK) return 'a session ends with SESSION_MAX_DURATION';
  const isIdle = from > session.perhapsActiveAt + TIMES.session * 1000 + SLACK;
  return isIdle ? 'a session ends when it is idle' : undefined;
}

export function describeSession(session: PersonsSession | undefined, at: number): string {
  if (!session) return 'signed out';
  const ago = (time: number) => (Number.isFinite(time) ? `${Math.round(at - time)} ms ago` : 'never');
  const { activeAt, perhapsActiveAt, endedAtZitadel } = session;
  return `signed in ${ago(session.at)}, active ${ago(activeAt)} and perhaps ${ago(perhapsActiveAt)}, ended at ZITADEL ${ago(endedAtZitadel)}`;
}
