// A visitor's session as the worker sees it: opened from the cookie, checked at the user's object once in a while, kept fresh.
// Design §6; promise 4 (REVOCATION_MAX_AGE), 5 (CLAIMS_MAX_AGE), 11 (no storage and no cryptography on a repeated request).

import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { ownCopy } from '../own-copy.ts';
import { BoundedMap } from './bounded-map.ts';
import { cookieBase, parseOwnCookies } from './cookies.ts';
import type { Keyring } from './keyring.ts';
import type { UserSessionsDirectory } from './object-client.ts';
import { createObjectQuestions, type Renewal, type Subject } from './object-questions.ts';
import { deletedCookies, fitsCookies, joinChunks, sealedCookies } from './sealed-cookie.ts';
import { freshness, isActivityDue, isExpired, type SealedSession, type Session } from './session.ts';
import { createStandings, type Known } from './standings.ts';
import type { TokenAnswer } from './user-sessions-api.ts';

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
  known: Known;
  readonly openedAt: number;
  readonly countsAsActivity: boolean;
}

export interface VisitorSessions {
  /** Throws `store_unavailable` when the session's standing is unknown and can't be learnt. */
  open(cookieHeader: string | null, options?: { countsAsActivity?: boolean }): Promise<Opened>;
  /** For a connection that stays open: asks the user's object, whatever this isolate remembers. False: the session is over. */
  isStanding(visit: Visit): Promise<boolean>;
  /** Reads claims again where they are older than `claimsMaxAge`; past half of it behind the request. */
  freshen(visit: Visit, claimsMaxAge: number): Promise<Renewal>;
  /** Looks once more before a refusal, at most every few seconds for one session. */
  lookAgain(visit: Visit): Promise<Renewal>;
  /** The tokens for an upstream that gets them. */
  tokens(visit: Visit): Promise<TokenAnswer>;
  /** Set-Cookie values that the visit makes necessary: newer claims, activity, another key. */
  renewedCookies(visit: Visit): Promise<string[]>;
  newCookies(session: Session, cookieHeader: string | null): Promise<string[]>;
  clearedCookies(cookieHeader: string | null): string[];
  /** Forgets a session at once in this isolate. */
  markEnded(sessionId: string, reason: string): void;
}

/** A cookie that was unsealed, and what it was last replaced by for a browser that still sends it. */
interface CookieEntry {
  readonly text: string;
  readonly sealed: SealedSession;
  readonly isOldKey: boolean;
  replacement?: { readonly session: Session; readonly text: string };
}

/** Seconds within which a session's claims are not looked up again for another refusal. */
const LOOK_AGAIN_INTERVAL = 5;
/** Seconds that one request waits for ZITADEL all in all; then it goes on with what is at hand, as in any outage. */
const PATIENCE = 8;
/** Characters of sealed text that are remembered; with what is inside each takes about 4.5 bytes (docs/quality.md, soak). */
const MOST_REMEMBERED = 8_000_000;
const TAG_CHARACTERS = 22;

interface Dependencies {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly directory: UserSessionsDirectory;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createVisitorSessions({ config, keyring, directory, now, waitUntil }: Dependencies): VisitorSessions {
  const base = cookieBase(config.isSecure);
  const unsealed = new BoundedMap<string, CookieEntry>(MOST_REMEMBERED, ({ text }) => text.length);
  const standings = createStandings({ times: config, directory, now, waitUntil });
  const questions = createObjectQuestions({ directory, now, waitUntil });

  /** Found by its end, which is quick to hash even where the text fills four cookies, and nothing less than the same text. */
  function recall(text: string): CookieEntry | undefined {
    const entry = unsealed.get(endOf(text));
    return entry?.text === text ? entry : undefined;
  }

  async function unseal(text: string): Promise<CookieEntry | undefined> {
    const remembered = recall(text);
    if (remembered) return remembered;
    const opened = await keyring.unseal<SealedSession>('session', text);
    if (opened.kind !== 'ok') return undefined;
    // Of two requests that unseal the same cookie, both must see what it is replaced by.
    const entry = recall(text) ?? { text: ownCopy(text), sealed: opened.value, isOldKey: opened.isOldKey };
    unsealed.set(endOf(entry.text), entry);
    return entry;
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
    const { activeAt } = await standings.of(sealed, { seenAt });
    return !isOver(Math.max(seenAt, activeAt));
  }

  /** What happened since the visit began may have ended the session, or put another in its place. */
  async function isStillCurrent({ session, known, cookie }: Visit): Promise<boolean> {
    const latest = standings.recall(session.id) ?? known;
    if (latest.ended === undefined && now() - latest.checkedAt >= config.revocationMaxAge) {
      try {
        await standings.ask(sealedOf(session), { seenAt: seenAtOf(cookie) });
      } catch (error) {
        if (error instanceof GatewayError) return false;
        throw error;
      }
    }
    const { ended, isReplaced } = standings.recall(session.id) ?? latest;
    return ended === undefined && !isReplaced;
  }

  const toCookies = (text: string, session: Session, cookieHeader: string | null) =>
    sealedCookies(base, text, session.expiresAt - now(), parseOwnCookies(cookieHeader, base), config.isSecure);

  const patienceOf = ({ openedAt }: Visit) => Math.max(1, PATIENCE - (now() - openedAt)) * 1000;

  async function read(visit: Visit, notBefore: number): Promise<Renewal> {
    const renewal = await questions.read(subjectOf(visit), notBefore, patienceOf(visit));
    takeNewest(visit);
    return renewal;
  }

  return {
    async open(cookieHeader, { countsAsActivity = true } = {}) {
      const text = joinChunks(parseOwnCookies(cookieHeader, base), base);
      const cookie = text === undefined ? undefined : await unseal(text);
      if (!cookie) return { kind: 'none' };
      const { sealed } = cookie;
      const openedAt = now();
      if (!(await isInTime(cookie, openedAt))) return { kind: 'ended', reason: 'expired', sub: sealed.sub };
      const activeAt = countsAsActivity ? openedAt : undefined;
      const known = await standings.of(sealed, { seenAt: seenAtOf(cookie), activeAt });
      if (known.ended !== undefined) return { kind: 'ended', reason: known.ended, sub: sealed.sub };
      const session = sessionOf(sealed, known);
      if (!session) return { kind: 'ended', reason: 'identity_lost', sub: sealed.sub };
      return { kind: 'active', visit: { session, cookieHeader, cookie, known, openedAt, countsAsActivity } };
    },

    async isStanding(visit) {
      const known = await standings.ask(sealedOf(visit.session), { seenAt: seenAtOf(visit.cookie) });
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
      const { session, cookie, openedAt } = visit;
      const latest = cookie.replacement?.session ?? cookie.sealed;
      // The time of the request counts, not that of an answer which may come much later.
      const isActive = isActivityDue(latest.seenAt, openedAt, config);
      const isDue = isActive || session.claimsAt > latest.claimsAt || (cookie.isOldKey && !cookie.replacement);
      if (!isDue && !cookie.replacement) return [];
      if (!(await isStillCurrent(visit))) return [];
      const { activeAt } = standings.recall(session.id) ?? visit.known;
      const seenAt = Math.max(openedAt, activeAt);
      if (isExpired({ ...session, seenAt }, now(), config)) return [];
      if (isDue) {
        const renewed = { ...session, seenAt };
        cookie.replacement = { session: renewed, text: await seal(renewed) };
      }
      // A browser that still sends the old cookie is given its replacement again.
      return cookie.replacement
        ? toCookies(cookie.replacement.text, cookie.replacement.session, visit.cookieHeader)
        : [];
    },

    async newCookies(session, cookieHeader) {
      standings.begin(session);
      return toCookies(await seal(session), session, cookieHeader);
    },

    clearedCookies: (cookieHeader) => deletedCookies(base, parseOwnCookies(cookieHeader, base), config.isSecure),

    markEnded: (sessionId, reason) => standings.end(sessionId, reason),
  };
}

/** The authentication tag (RFC 7516 §7.1), which no two texts have in common. */
function endOf(text: string): string {
  return text.slice(-TAG_CHARACTERS);
}

function seenAtOf({ sealed, replacement }: CookieEntry): number {
  return Math.max(sealed.seenAt, replacement?.session.seenAt ?? 0);
}

function sessionOf(sealed: SealedSession, { claims }: Known): Session | undefined {
  if (claims && (sealed.identity === undefined || claims.claimsAt > sealed.claimsAt)) return { ...sealed, ...claims };
  return hasIdentity(sealed) ? sealed : undefined;
}

function hasIdentity(sealed: SealedSession): sealed is SealedSession & Session {
  return sealed.identity !== undefined;
}

function sealedOf(session: Session): SealedSession {
  return { ...session, sub: session.identity.sub };
}

function subjectOf({ session, known }: Visit): Subject {
  return { id: session.id, sub: session.identity.sub, known };
}

function takeNewest(visit: Visit): void {
  const { claims } = visit.known;
  if (claims && claims.claimsAt > visit.session.claimsAt) visit.session = { ...visit.session, ...claims };
}
