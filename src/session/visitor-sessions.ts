// A visitor's session as the worker sees it: opened from the cookie, checked at the user's object once in a while, kept fresh.
// ARCHITECTURE §6; promise 4 (REVOCATION_MAX_AGE), 5 (CLAIMS_MAX_AGE), 11 (no storage and no cryptography on a repeated request).

import type { Config } from '../config/schema.ts';
import type { EndOutcome, TokenAnswer } from '../user-object/api.ts';
import { ClaimsAndTokens, type ClaimsOutcome } from './claims-and-tokens.ts';
import { CookieRenewals } from './cookie-renewals.ts';
import type { Keyring } from './keyring.ts';
import { KnownSessions, type SessionMemory } from './known-sessions.ts';
import { freshness, isExpired, type Session } from './session.ts';
import { SessionCookies } from './session-cookies.ts';
import { type Holder, SessionEnds, type SessionEndsDependencies } from './session-ends.ts';
import { type CookieEntry, type CookieMemory, seenAtOf } from './unsealed-cookies.ts';
import { type Opened, referenceOf, sealedOf, sessionOf, takeNewestClaims, type Visit } from './visit.ts';

/** Seconds within which a session's claims are not looked up again for another refusal. */
const LOOK_AGAIN_INTERVAL = 5;
/** Seconds that one request waits for ZITADEL all in all; then it goes on with what is at hand, as in any outage. */
const PATIENCE = 8;

interface Dependencies extends SessionEndsDependencies {
  readonly config: Config;
  readonly keyring: Keyring;
  /** Milliseconds, for durations only. */
  readonly stopwatch: () => number;
  readonly unsealedCookies?: CookieMemory;
  readonly sessionMemory?: SessionMemory;
}

export class VisitorSessions {
  readonly #deps: Dependencies;
  readonly #cookies: SessionCookies;
  readonly #ends: SessionEnds;
  readonly #known: KnownSessions;
  readonly #questions: ClaimsAndTokens;
  readonly #renewals: CookieRenewals;

  constructor(deps: Dependencies) {
    const { config: times, now } = deps;
    this.#deps = deps;
    this.#ends = new SessionEnds(deps);
    this.#cookies = new SessionCookies({ ...deps, isSecure: deps.config.isSecure });
    this.#known = new KnownSessions({ ...deps, times });
    this.#questions = new ClaimsAndTokens(deps);
    const [knownSessions, cookies] = [this.#known, this.#cookies];
    this.#renewals = new CookieRenewals({ times, knownSessions, cookies, now, stopwatch: deps.stopwatch });
  }

  /** Throws `store_unavailable` when it is not known whether the session stands, and can't be learnt. */
  async open(cookieHeader: string | null, { countsAsActivity = true } = {}): Promise<Opened> {
    this.#ends.deliver();
    const cookie = await this.#cookies.read(cookieHeader);
    if (!cookie) return { kind: 'none' };
    const { sealed } = cookie;
    const [openedAt, startedAt] = [this.#deps.now(), this.#deps.stopwatch()];
    if (!(await this.#isInTime(cookie, openedAt))) return { kind: 'ended', reason: 'expired', sub: sealed.sub };
    const activeAt = countsAsActivity ? openedAt : undefined;
    const known = await this.#known.of(sealed, { seenAt: seenAtOf(cookie), activeAt });
    if (known.ended !== undefined) return { kind: 'ended', reason: known.ended, sub: sealed.sub };
    const session = sessionOf(sealed, known);
    if (!session) return { kind: 'ended', reason: 'identity_lost', sub: sealed.sub };
    return { kind: 'active', visit: { session, cookieHeader, cookie, known, openedAt, startedAt, countsAsActivity } };
  }

  /** Before a cookie's session counts as idle, its object is asked: the cookie may be older than the last activity. */
  async #isInTime(cookie: CookieEntry, at: number): Promise<boolean> {
    const { sealed } = cookie;
    const { startedAt, expiresAt } = sealed;
    const isOver = (seenAt: number) => isExpired({ seenAt, startedAt, expiresAt }, at, this.#deps.config);
    const seenAt = seenAtOf(cookie);
    if (!isOver(seenAt)) return true;
    if (isOver(at)) return false;
    const { activeAt } = await this.#known.of(sealed, { seenAt });
    return !isOver(Math.max(seenAt, activeAt));
  }

  /** Whose session the cookie is, or was: nobody is asked whether it stands. */
  async holder(cookieHeader: string | null): Promise<Holder | undefined> {
    const cookie = await this.#cookies.read(cookieHeader);
    return cookie?.sealed;
  }

  /** Ends the session; undefined while its object is away. `isAway`: it did not answer just now. */
  signOut(holder: Holder, isAway?: boolean): Promise<EndOutcome | undefined> {
    return this.#ends.signOut(holder, isAway);
  }

  /** Notes an end that could not be said to the object. Never throws. */
  note(holder: Holder, reason: 'logout' | 'replaced'): Promise<void> {
    return this.#ends.note(holder, reason);
  }

  /** For a connection that stays open: asks the user's object, whatever this isolate remembers. False: the session is over. */
  async isStanding(visit: Visit): Promise<boolean> {
    visit.known = await this.#known.ask(sealedOf(visit.session), { seenAt: seenAtOf(visit.cookie) });
    takeNewestClaims(visit);
    return visit.known.ended === undefined;
  }

  /** Reads claims again where they are older than `claimsMaxAge` seconds; past half of it behind the request. */
  async freshen(visit: Visit, claimsMaxAge: number): Promise<ClaimsOutcome> {
    const now = this.#deps.now();
    const state = freshness(visit.session.claimsAt, now, claimsMaxAge);
    if (state === 'fresh') return 'fresh';
    const notBefore = now - claimsMaxAge / 2;
    if (state === 'stale') return this.#readClaims(visit, notBefore);
    this.#questions.readBehind(referenceOf(visit), notBefore);
    return 'behind';
  }

  /** Reads claims once more before a refusal, at most every few seconds for one session. */
  async lookAgain(visit: Visit): Promise<ClaimsOutcome> {
    const notBefore = this.#deps.now() - LOOK_AGAIN_INTERVAL;
    return visit.session.claimsAt > notBefore ? 'fresh' : this.#readClaims(visit, notBefore);
  }

  async #readClaims(visit: Visit, notBefore: number): Promise<ClaimsOutcome> {
    const outcome = await this.#questions.read(referenceOf(visit), notBefore, this.#patienceOf(visit));
    takeNewestClaims(visit);
    return outcome;
  }

  /** The tokens for an upstream that gets them. */
  tokens(visit: Visit): Promise<TokenAnswer> {
    return this.#questions.tokens(referenceOf(visit), this.#patienceOf(visit));
  }

  /** Milliseconds. */
  #patienceOf({ openedAt }: Visit): number {
    return Math.max(1, PATIENCE - (this.#deps.now() - openedAt)) * 1000;
  }

  /**
   * Set-Cookie values that the visit makes necessary: newer claims, activity, another key. To be asked last, when the
   * answer is ready: what the browser has learnt since may forbid them.
   */
  renewedCookies(visit: Visit): Promise<string[]> {
    // An answer to a mere poll must not overtake one to the visitor and put an older time over the newer.
    if (!visit.countsAsActivity) return Promise.resolve([]);
    takeNewestClaims(visit);
    return this.#renewals.cookiesFor(visit);
  }

  async newCookies(session: Session, cookieHeader: string | null): Promise<string[]> {
    this.#known.begin(session);
    return this.#cookies.write(await this.#cookies.seal(session), session, cookieHeader);
  }

  clearedCookies(cookieHeader: string | null): string[] {
    return this.#cookies.delete(cookieHeader);
  }

  /** Forgets a session at once in this isolate. */
  markEnded(sessionId: string, reason: string): void {
    this.#known.end(sessionId, reason);
  }

  /** Says at once in this isolate that the same browser has signed in anew. */
  markReplaced(sessionId: string): void {
    this.#known.replace(sessionId);
  }
}
