// When an answer brings a newer session cookie, and when it must not: the browser may have signed out or in anew since it asked.
// Promise 4. A cookie is renewed only for a browser that still has the one it replaces, as far as anybody can know.

import { GatewayError } from '../errors.ts';
import type { KnownSession, KnownSessions } from './known-sessions.ts';
import { type Durations, isActivityDue, isExpired } from './session.ts';
import type { SessionCookies } from './session-cookies.ts';
import { type CookieEntry, type NewerCookie, seenAtOf } from './unsealed-cookies.ts';
import { sealedOf, type Visit } from './visit.ts';

/** Milliseconds within which nobody signs in or out: an answer that took no longer has not been overtaken. */
const AT_ONCE = 20;

interface Dependencies {
  readonly times: Durations & { readonly revocationMaxAge: number };
  readonly knownSessions: KnownSessions;
  readonly cookies: SessionCookies;
  readonly now: () => number;
  readonly stopwatch: () => number;
}

export class CookieRenewals {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Set-Cookie values of the cookie that is due; none where none is, or where it might put an old session over a newer one. */
  async cookiesFor(visit: Visit): Promise<string[]> {
    const { times, cookies, now } = this.#deps;
    const newer = this.#newerCookie(visit);
    if (!newer || isExpired(newer.session, now(), times)) return [];
    const mustAsk = this.#mayBeOvertaken(visit);
    if (mustAsk) {
      // Many may bring the old cookie at once, and some never keep the new one: they cost a question now and then.
      const { askedAt = Number.NEGATIVE_INFINITY } = newer;
      if (now() - askedAt < times.revocationMaxAge) return [];
      newer.askedAt = now();
    }
    const text = newer.text ?? (await cookies.seal(newer.session));
    newer.text = text;
    return (await this.#isStillCurrent(visit, mustAsk)) ? cookies.write(text, newer.session, visit.cookieHeader) : [];
  }

  /** The cookie that is due now, or the one that was due before and that this browser, which still sends the old one, did not get. */
  #newerCookie(visit: Visit): NewerCookie | undefined {
    const { session, cookie, openedAt } = visit;
    const latest = cookie.replacement?.session ?? cookie.sealed;
    // The time of the request counts, not that of an answer which may come much later.
    const isActive = isActivityDue(latest.seenAt, openedAt, this.#deps.times);
    if (isActive || session.claimsAt > latest.claimsAt || isOfOldKey(cookie)) {
      const seenAt = Math.max(openedAt, this.#latest(visit).activeAt);
      cookie.replacement = { session: { ...session, seenAt } };
    }
    return cookie.replacement;
  }

  /** Whether the browser may have learnt of a sign-in or sign-out since it sent this request. */
  #mayBeOvertaken(visit: Visit): boolean {
    const { now, stopwatch } = this.#deps;
    const isLate = stopwatch() - visit.startedAt >= AT_ONCE || now() - visit.openedAt >= 1;
    // The request may have been long on its way: what was known before it came says nothing of what its browser has learnt since.
    return isLate || this.#latest(visit).checkedAt < visit.openedAt;
  }

  /** What this isolate remembers may be older than a sign-out in another one: the user's object knows. */
  async #isStillCurrent(visit: Visit, mustAsk: boolean): Promise<boolean> {
    const activity = { seenAt: seenAtOf(visit.cookie) };
    try {
      if (mustAsk) await this.#deps.knownSessions.askAfresh(sealedOf(visit.session), activity);
    } catch (error) {
      if (error instanceof GatewayError) return false;
      throw error;
    }
    const { ended, isReplaced } = this.#latest(visit);
    return ended === undefined && !isReplaced;
  }

  #latest({ session, known }: Visit): KnownSession {
    return this.#deps.knownSessions.recall(session.id) ?? known;
  }
}

function isOfOldKey({ isOldKey, replacement }: CookieEntry): boolean {
  return isOldKey && !replacement;
}
