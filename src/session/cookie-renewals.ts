// When an answer brings a newer session cookie, and when it must not: the browser may have signed out or in anew since it asked.
// Design promise 4; a cookie is renewed only for a browser that still has the one it replaces, as far as anybody can know.

import { GatewayError } from '../errors.ts';
import type { KnownSessions } from './known-sessions.ts';
import { type Durations, isActivityDue, isExpired, type SealedSession, type Session } from './session.ts';
import { seenAtOf } from './unsealed-cookies.ts';
import type { Visit } from './visitor-sessions.ts';

/** Milliseconds within which nobody signs in or out: an answer that took no longer has not been overtaken. */
const AT_ONCE = 20;

interface Dependencies {
  readonly times: Durations & { readonly revocationMaxAge: number };
  readonly knownSessions: KnownSessions;
  readonly seal: (session: Session) => Promise<string>;
  readonly now: () => number;
  readonly stopwatch: () => number;
}

export type RenewCookie = (visit: Visit) => Promise<{ readonly text: string; readonly session: Session } | undefined>;

export function createCookieRenewals({ times, knownSessions, seal, now, stopwatch }: Dependencies): RenewCookie {
  /** The cookie that is due, or the one that a browser which still sends the old one did not get. */
  function replacementFor({ session, cookie, known, openedAt }: Visit) {
    const latest = cookie.replacement?.session ?? cookie.sealed;
    // The time of the request counts, not that of an answer which may come much later.
    const isActive = isActivityDue(latest.seenAt, openedAt, times);
    if (isActive || session.claimsAt > latest.claimsAt || (cookie.isOldKey && !cookie.replacement)) {
      const { activeAt } = knownSessions.recall(session.id) ?? known;
      cookie.replacement = { session: { ...session, seenAt: Math.max(openedAt, activeAt) } };
    }
    return cookie.replacement;
  }

  /** What this isolate remembers may be older than a sign-out in another: the user's object knows. */
  async function isStillCurrent({ session, known, cookie }: Visit, mustAsk: boolean): Promise<boolean> {
    try {
      if (mustAsk) await knownSessions.askAfresh(sealedOf(session), { seenAt: seenAtOf(cookie) });
    } catch (error) {
      if (error instanceof GatewayError) return false;
      throw error;
    }
    const { ended, isReplaced } = knownSessions.recall(session.id) ?? known;
    return ended === undefined && !isReplaced;
  }

  return async (visit) => {
    const replacement = replacementFor(visit);
    if (!replacement || isExpired(replacement.session, now(), times)) return undefined;
    // A request may have been long on its way, too: what was known before it came says nothing of what its browser has learnt since.
    const isKnownSince = (knownSessions.recall(visit.session.id) ?? visit.known).checkedAt >= visit.openedAt;
    const isLate = stopwatch() - visit.startedAt >= AT_ONCE || now() - visit.openedAt >= 1;
    const mustAsk = isLate || !isKnownSince;
    if (mustAsk) {
      // Many may bring the old cookie at once, and some never keep the new one: they cost a question now and then.
      const { askedAt = Number.NEGATIVE_INFINITY } = replacement;
      if (now() - askedAt < times.revocationMaxAge) return undefined;
      replacement.askedAt = now();
    }
    const text = replacement.text ?? (await seal(replacement.session));
    replacement.text = text;
    return (await isStillCurrent(visit, mustAsk)) ? { text, session: replacement.session } : undefined;
  };
}

export function sealedOf(session: Session): SealedSession {
  return { ...session, sub: session.identity.sub };
}
