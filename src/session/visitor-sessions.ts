// A visitor's session as the worker sees it: opened from the cookie, checked at the user's object once in a while, kept fresh.
// Design §6; promise 4 (REVOCATION_MAX_AGE), 5 (CLAIMS_MAX_AGE), 11 (no storage and no cryptography on a repeated request).

import type { Config } from '../config/schema.ts';
import type { Emit } from '../observability/request-event.ts';
import type { TokenAnswer } from '../user-object/api.ts';
import { type ClaimsOutcome, createClaimsAndTokens, type SessionReference } from './claims-and-tokens.ts';
import { createCookieRenewals, sealedOf } from './cookie-renewals.ts';
import { cookieBase, parseOwnCookies } from './cookies.ts';
import type { EndNotes } from './end-notes.ts';
import type { Keyring } from './keyring.ts';
import { createKnownSessions, type KnownSession } from './known-sessions.ts';
import type { UserSessionsDirectory } from './object-client.ts';
import { deletedCookies, fitsCookies, joinChunks, sealedCookies } from './sealed-cookie.ts';
import { freshness, isExpired, type SealedSession, type Session } from './session.ts';
import { createSessionEnds, type Holder, type SessionEnds } from './session-ends.ts';
import { type CookieEntry, createUnsealedCookies, seenAtOf } from './unsealed-cookies.ts';

export type Opened =
  | { readonly kind: 'none' }
  /** There is a cookie, but its session is over. */
  | { readonly kind: 'ended'; readonly reason: string; readonly sub: string }
  | { readonly kind: 'active'; readonly visit: Visit };

/** One request's hold on a session. `session` is replaced when newer claims have been read. */
export interface Visit {
  session: Session;
  readonly cookieHeader: string | null;
  readonly cookie: CookieEntry;
  known: KnownSession;
  readonly openedAt: number;
  /** The same on the stopwatch; milliseconds. */
  readonly startedAt: number;
  readonly countsAsActivity: boolean;
}

export interface VisitorSessions extends Omit<SessionEnds, 'deliver'> {
  /** Throws `store_unavailable` when the session's standing is unknown and can't be learnt. */
  open(cookieHeader: string | null, options?: { countsAsActivity?: boolean }): Promise<Opened>;
  /** Whose session the cookie is, or was: nobody is asked whether it stands. */
  holder(cookieHeader: string | null): Promise<Holder | undefined>;
  /** For a connection that stays open: asks the user's object, whatever this isolate remembers. False: the session is over. */
  isStanding(visit: Visit): Promise<boolean>;
  /** Reads claims again where they are older than `claimsMaxAge`; past half of it behind the request. */
  freshen(visit: Visit, claimsMaxAge: number): Promise<ClaimsOutcome>;
  /** Looks once more before a refusal, at most every few seconds for one session. */
  lookAgain(visit: Visit): Promise<ClaimsOutcome>;
  /** The tokens for an upstream that gets them. */
  tokens(visit: Visit): Promise<TokenAnswer>;
  /**
   * Set-Cookie values that the visit makes necessary: newer claims, activity, another key. To be asked last, when the
   * answer is ready: what the browser has learnt since may forbid them.
   */
  renewedCookies(visit: Visit): Promise<string[]>;
  newCookies(session: Session, cookieHeader: string | null): Promise<string[]>;
  clearedCookies(cookieHeader: string | null): string[];
  /** Forgets a session at once in this isolate. */
  markEnded(sessionId: string, reason: string): void;
  /** Says at once in this isolate that the same browser has signed in anew. */
  markReplaced(sessionId: string): void;
}

/** Seconds within which a session's claims are not looked up again for another refusal. */
const LOOK_AGAIN_INTERVAL = 5;
/** Seconds that one request waits for ZITADEL all in all; then it goes on with what is at hand, as in any outage. */
const PATIENCE = 8;
interface Dependencies {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly directory: UserSessionsDirectory;
  readonly notes: EndNotes;
  readonly now: () => number;
  /** Milliseconds, for durations only. */
  readonly stopwatch: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
  readonly emit: Emit;
}

export function createVisitorSessions(dependencies: Dependencies): VisitorSessions {
  const { config, keyring, directory, now, stopwatch, waitUntil } = dependencies;
  const base = cookieBase(config.isSecure);
  const unsealText = createUnsealedCookies(keyring);
  const { signOut, note, deliver } = createSessionEnds(dependencies);
  const knownSessions = createKnownSessions({ times: config, directory, now, waitUntil });
  const questions = createClaimsAndTokens({ directory, now, waitUntil });

  async function unseal(cookieHeader: string | null): Promise<CookieEntry | undefined> {
    const text = joinChunks(parseOwnCookies(cookieHeader, base), base);
    return text === undefined ? undefined : unsealText(text);
  }

  async function seal(session: Session): Promise<string> {
    const { identity, ...rest } = session;
    const whole = await keyring.seal('session', { ...rest, sub: identity.sub, identity } satisfies SealedSession);
    if (fitsCookies(base, whole)) return whole;
    return keyring.seal('session', { ...rest, sub: identity.sub } satisfies SealedSession);
  }

  /** Before a cookie's session counts as idle, its object is asked: the cookie may be older than the last activity. */
  async function isInTime(cookie: CookieEntry, at: number): Promise<boolean> {
    const { sealed } = cookie;
    const { startedAt, expiresAt } = sealed;
    const isOver = (seenAt: number) => isExpired({ seenAt, startedAt, expiresAt }, at, config);
    const seenAt = seenAtOf(cookie);
    if (!isOver(seenAt)) return true;
    if (isOver(at)) return false;
    const { activeAt } = await knownSessions.of(sealed, { seenAt });
    return !isOver(Math.max(seenAt, activeAt));
  }

  const renewed = createCookieRenewals({ times: config, knownSessions, seal, now, stopwatch });

  const toCookies = (text: string, session: Session, cookieHeader: string | null) =>
    sealedCookies(base, text, session.expiresAt - now(), parseOwnCookies(cookieHeader, base), config.isSecure);

  const patienceOf = ({ openedAt }: Visit) => Math.max(1, PATIENCE - (now() - openedAt)) * 1000;

  async function read(visit: Visit, notBefore: number): Promise<ClaimsOutcome> {
    const renewal = await questions.read(subjectOf(visit), notBefore, patienceOf(visit));
    takeNewest(visit);
    return renewal;
  }

  return {
    async open(cookieHeader, { countsAsActivity = true } = {}) {
      deliver();
      const cookie = await unseal(cookieHeader);
      if (!cookie) return { kind: 'none' };
      const { sealed } = cookie;
      const [openedAt, startedAt] = [now(), stopwatch()];
      if (!(await isInTime(cookie, openedAt))) return { kind: 'ended', reason: 'expired', sub: sealed.sub };
      const activeAt = countsAsActivity ? openedAt : undefined;
      const known = await knownSessions.of(sealed, { seenAt: seenAtOf(cookie), activeAt });
      if (known.ended !== undefined) return { kind: 'ended', reason: known.ended, sub: sealed.sub };
      const session = sessionOf(sealed, known);
      if (!session) return { kind: 'ended', reason: 'identity_lost', sub: sealed.sub };
      return { kind: 'active', visit: { session, cookieHeader, cookie, known, openedAt, startedAt, countsAsActivity } };
    },

    async holder(cookieHeader) {
      const cookie = await unseal(cookieHeader);
      return cookie?.sealed;
    },

    signOut,
    note,

    async isStanding(visit) {
      const known = await knownSessions.ask(sealedOf(visit.session), { seenAt: seenAtOf(visit.cookie) });
      visit.known = known;
      takeNewest(visit);
      return known.ended === undefined;
    },

    async freshen(visit, claimsMaxAge) {
      const state = freshness(visit.session.claimsAt, now(), claimsMaxAge);
      if (state === 'fresh') return 'fresh';
      const notBefore = now() - claimsMaxAge / 2;
      if (state === 'stale') return read(visit, notBefore);
      questions.readBehind(subjectOf(visit), notBefore);
      return 'behind';
    },

    async lookAgain(visit) {
      const notBefore = now() - LOOK_AGAIN_INTERVAL;
      return visit.session.claimsAt > notBefore ? 'fresh' : read(visit, notBefore);
    },

    tokens: (visit) => questions.tokens(subjectOf(visit), patienceOf(visit)),

    async renewedCookies(visit) {
      // An answer to a mere poll must not overtake one to the visitor and put an older time over the newer.
      if (!visit.countsAsActivity) return [];
      takeNewest(visit);
      const cookie = await renewed(visit);
      return cookie ? toCookies(cookie.text, cookie.session, visit.cookieHeader) : [];
    },

    async newCookies(session, cookieHeader) {
      knownSessions.begin(session);
      return toCookies(await seal(session), session, cookieHeader);
    },

    clearedCookies: (cookieHeader) => deletedCookies(base, parseOwnCookies(cookieHeader, base), config.isSecure),

    markEnded: (sessionId, reason) => knownSessions.end(sessionId, reason),
    markReplaced: (sessionId) => knownSessions.replace(sessionId),
  };
}

function sessionOf(sealed: SealedSession, { claims }: KnownSession): Session | undefined {
  if (claims && (sealed.identity === undefined || claims.claimsAt > sealed.claimsAt)) return { ...sealed, ...claims };
  return hasIdentity(sealed) ? sealed : undefined;
}

function hasIdentity(sealed: SealedSession): sealed is SealedSession & Session {
  return sealed.identity !== undefined;
}

function subjectOf({ session, known }: Visit): SessionReference {
  return { id: session.id, sub: session.identity.sub, known };
}

function takeNewest(visit: Visit): void {
  const { claims } = visit.known;
  if (claims && claims.claimsAt > visit.session.claimsAt) visit.session = { ...visit.session, ...claims };
}
