// A visitor's session as the worker sees it: opened from the cookie, checked at the user's object once in a while, kept fresh.
// Design §6; promise 4 (REVOCATION_MAX_AGE), 5 (CLAIMS_MAX_AGE), 11 (no storage and no cryptography on a repeated request).

import type { Config } from '../config/schema.ts';
import type { Identity } from '../identity/identity.ts';
import { BoundedMap } from './bounded-map.ts';
import { cookieBase, parseOwnCookies } from './cookies.ts';
import type { Keyring, Unsealed } from './keyring.ts';
import type { UserSessionsDirectory } from './object-client.ts';
import { deletedCookies, fitsCookies, joinChunks, sealedCookies } from './sealed-cookie.ts';
import { freshness, isActivityDue, isExpired, type SealedSession, type Session } from './session.ts';
import type { ClaimsReading, TokenAnswer, UserSessionsApi } from './user-sessions.ts';

export type Opened =
  | { readonly kind: 'none' }
  /** There is a cookie, but its session is over. */
  | { readonly kind: 'ended'; readonly reason: string; readonly sub: string }
  | { readonly kind: 'active'; readonly visit: Visit };

/** One request's hold on a session. `session` is replaced when newer claims have been read. */
export interface Visit {
  session: Session;
  readonly cookie: CookieEntry;
  readonly countsAsActivity: boolean;
}

export type Renewal = 'fresh' | 'behind' | 'read' | 'kept' | 'ended';

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
  renewedCookies(visit: Visit, cookieHeader: string | null): Promise<string[]>;
  newCookies(session: Session, cookieHeader: string | null): Promise<string[]>;
  clearedCookies(cookieHeader: string | null): string[];
  /** Forgets a session at once in this isolate. */
  markEnded(sessionId: string, reason: string): void;
}

/** A cookie that was unsealed, and what it was last replaced by for a browser that still sends it. */
interface CookieEntry {
  readonly sealed: SealedSession;
  readonly isOldKey: boolean;
  replacement?: { readonly session: Session; readonly text: string };
}

/** What the isolate remembers of a session's standing. */
interface Known {
  checkedAt: number;
  ended?: string;
  claims?: ClaimsReading;
  /** No reading before this. */
  retryAt: number;
  isReading: boolean;
  tokens?: Extract<TokenAnswer, { kind: 'tokens' }>;
}

/** Seconds within which a session's claims are not looked up again for another refusal. */
const LOOK_AGAIN_INTERVAL = 5;
/** Milliseconds that a request waits for claims; then it goes on with those at hand, as in any outage of ZITADEL. */
const READING_PATIENCE = 8_000;

interface Dependencies {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly directory: UserSessionsDirectory;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createVisitorSessions({ config, keyring, directory, now, waitUntil }: Dependencies): VisitorSessions {
  const base = cookieBase(config.isSecure);
  const unsealed = new BoundedMap<string, CookieEntry>(4096);
  const standings = new BoundedMap<string, Known>(8192);

  async function unseal(text: string): Promise<CookieEntry | undefined> {
    const remembered = unsealed.get(text);
    if (remembered) return remembered;
    const opened: Unsealed<SealedSession> = await keyring.unseal('session', text);
    if (opened.kind !== 'ok') return undefined;
    const entry: CookieEntry = { sealed: opened.value, isOldKey: opened.isOldKey };
    unsealed.set(text, entry);
    return entry;
  }

  async function standing(sealed: SealedSession, activeAt: number | undefined): Promise<Known> {
    const known = standings.get(sealed.id);
    if (known?.ended !== undefined) return known;
    const isChecked = known !== undefined && now() - known.checkedAt < config.revocationMaxAge;
    const hasIdentity = sealed.identity !== undefined || known?.claims !== undefined;
    return isChecked && hasIdentity ? known : askStanding(sealed, activeAt);
  }

  async function askStanding(sealed: SealedSession, activeAt: number | undefined): Promise<Known> {
    const known = standings.get(sealed.id);
    // The time before the question counts: what ends while the answer travels ends within REVOCATION_MAX_AGE of now.
    const checkedAt = now();
    const claimsAt = Math.max(sealed.identity ? sealed.claimsAt : -1, known?.claims?.claimsAt ?? -1);
    const query = { id: sealed.id, claimsAt, ...(activeAt !== undefined && { activeAt }) };
    const answer = await directory.ofUser(sealed.sub).standing(query);
    const current: Known = known ?? { checkedAt, retryAt: 0, isReading: false };
    if (answer.kind === 'ended') current.ended = answer.reason;
    else {
      current.checkedAt = checkedAt;
      if (answer.claims) current.claims = answer.claims;
    }
    standings.set(sealed.id, current);
    return current;
  }

  function sessionOf(sealed: SealedSession, claims: ClaimsReading | undefined): Session | undefined {
    if (claims && (sealed.identity === undefined || claims.claimsAt > sealed.claimsAt)) return { ...sealed, ...claims };
    return sealed.identity && { ...sealed, identity: sealed.identity };
  }

  async function read(visit: Visit, notBefore: number): Promise<Renewal> {
    const { id, identity } = visit.session;
    const known = standings.get(id);
    if (!known || now() < known.retryAt) return 'kept';
    const reading = readInto(directory.ofUser(identity.sub), id, known, notBefore);
    // The visitor may hang up; what has been asked of ZITADEL must be brought home all the same.
    waitUntil(reading);
    const renewal = await withPatience(reading);
    if (known.claims && known.claims.claimsAt > visit.session.claimsAt) visit.session = { ...visit.session, ...known.claims };
    return renewal;
  }

  async function readInto(object: UserSessionsApi, id: string, known: Known, notBefore: number): Promise<Renewal> {
    known.isReading = true;
    try {
      const answer = await object.readClaims({ id, notBefore });
      if (answer.kind === 'read') {
        known.claims = answer.claims;
        return 'read';
      }
      if (answer.kind === 'kept') {
        known.retryAt = answer.retryAt;
        return 'kept';
      }
      known.ended = answer.reason;
      return 'ended';
    } catch {
      // The object can't be reached: its standing will be asked for soon, and that question fails closed.
      known.retryAt = now() + LOOK_AGAIN_INTERVAL;
      return 'kept';
    } finally {
      known.isReading = false;
    }
  }

  async function seal(session: Session): Promise<string> {
    const { identity, ...rest } = session;
    const whole = await keyring.seal('session', { ...rest, sub: identity.sub, identity } satisfies SealedSession);
    if (fitsCookies(base, whole)) return whole;
    return keyring.seal('session', { ...rest, sub: identity.sub } satisfies SealedSession);
  }

  const toCookies = (text: string, session: Session, cookieHeader: string | null) =>
    sealedCookies(base, text, session.expiresAt - now(), parseOwnCookies(cookieHeader, base), config.isSecure);

  return {
    async open(cookieHeader, { countsAsActivity = true } = {}) {
      const text = joinChunks(parseOwnCookies(cookieHeader, base), base);
      const cookie = text === undefined ? undefined : await unseal(text);
      if (!cookie) return { kind: 'none' };
      const { sealed } = cookie;
      const seenAt = Math.max(sealed.seenAt, cookie.replacement?.session.seenAt ?? 0);
      if (isExpired({ ...sealed, seenAt }, now(), config)) return { kind: 'ended', reason: 'expired', sub: sealed.sub };
      const known = await standing(sealed, countsAsActivity ? now() : undefined);
      if (known.ended !== undefined) return { kind: 'ended', reason: known.ended, sub: sealed.sub };
      const session = sessionOf(sealed, known.claims);
      if (!session) return { kind: 'ended', reason: 'identity_lost', sub: sealed.sub };
      return { kind: 'active', visit: { session, cookie, countsAsActivity } };
    },

    async isStanding(visit) {
      const { identity, ...rest } = visit.session;
      const known = await askStanding({ ...rest, identity, sub: identity.sub }, undefined);
      if (known.ended !== undefined) return false;
      if (known.claims && known.claims.claimsAt > rest.claimsAt) visit.session = { ...visit.session, ...known.claims };
      return true;
    },

    async freshen(visit, claimsMaxAge) {
      const state = freshness(visit.session.claimsAt, now(), claimsMaxAge);
      if (state === 'fresh') return 'fresh';
      const notBefore = now() - claimsMaxAge / 2;
      if (state === 'stale') return read(visit, notBefore);
      const known = standings.get(visit.session.id);
      if (!known || known.isReading || now() < known.retryAt) return 'behind';
      waitUntil(readInto(directory.ofUser(visit.session.identity.sub), visit.session.id, known, notBefore));
      return 'behind';
    },

    async lookAgain(visit) {
      const notBefore = now() - LOOK_AGAIN_INTERVAL;
      return visit.session.claimsAt > notBefore ? 'fresh' : read(visit, notBefore);
    },

    async tokens({ session }) {
      const known = standings.get(session.id);
      if (known?.tokens && now() < known.tokens.renewAt) return known.tokens;
      const asking = directory.ofUser(session.identity.sub).tokens({ id: session.id });
      waitUntil(asking.catch(() => undefined));
      const answer = await asking;
      if (answer.kind === 'tokens' && known) known.tokens = answer;
      if (answer.kind === 'ended' && known) known.ended = answer.reason;
      return answer;
    },

    async renewedCookies({ session, cookie, countsAsActivity }, cookieHeader) {
      const { sealed, isOldKey, replacement } = cookie;
      const latest = replacement?.session ?? sealed;
      const isActive = countsAsActivity && isActivityDue(latest.seenAt, now(), config);
      const isNewer = session.claimsAt > latest.claimsAt;
      if (isActive || isNewer || (isOldKey && !replacement)) {
        const renewed = { ...session, seenAt: isActive ? now() : latest.seenAt };
        cookie.replacement = { session: renewed, text: await seal(renewed) };
      }
      // A browser that still sends the old cookie is given its replacement again.
      return cookie.replacement ? toCookies(cookie.replacement.text, cookie.replacement.session, cookieHeader) : [];
    },

    newCookies: async (session, cookieHeader) => {
      standings.set(session.id, { checkedAt: now(), retryAt: 0, isReading: false, claims: claimsOf(session) });
      return toCookies(await seal(session), session, cookieHeader);
    },

    clearedCookies: (cookieHeader) => deletedCookies(base, parseOwnCookies(cookieHeader, base), config.isSecure),

    markEnded(sessionId, reason) {
      standings.set(sessionId, { checkedAt: now(), retryAt: 0, isReading: false, ended: reason });
    },
  };
}

function claimsOf({ identity, claimsAt }: { identity: Identity; claimsAt: number }): ClaimsReading {
  return { identity, claimsAt };
}

async function withPatience(reading: Promise<Renewal>): Promise<Renewal> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const impatient = new Promise<Renewal>((resolve) => {
    timer = setTimeout(() => resolve('kept'), READING_PATIENCE);
  });
  try {
    return await Promise.race([reading, impatient]);
  } finally {
    clearTimeout(timer);
  }
}
