// What an isolate remembers of each session: when it was last known to stand, its newest claims, its tokens for upstreams.
// Design promise 4 (REVOCATION_MAX_AGE), promise 11 (no storage on a repeated request). Every entry is safe to lose.

import { BoundedMap } from '../shared/bounded-map.ts';
import { LATE, within } from '../shared/deadline.ts';
import type { ClaimsReading, TokenAnswer } from '../user-object/api.ts';
import type { UserSessionsDirectory } from './object-client.ts';
import { type Durations, isActivityDue, type SealedSession, type Session } from './session.ts';

export interface KnownSession {
  checkedAt: number;
  /** The last activity that the object has been told of, and the last there was as far as anybody here knows. */
  reportedAt: number;
  activeAt: number;
  ended?: string;
  /** The same browser has signed in anew. */
  isReplaced: boolean;
  /** Of the newest reading that the object has. */
  newestClaimsAt: number;
  /** A reading that is newer than some cookie's. */
  claims?: ClaimsReading;
  /** No reading before this. */
  retryAt: number;
  tokens?: Extract<TokenAnswer, { kind: 'tokens' }>;
}

export interface Activity {
  /** The last activity that the cookie knows of. */
  readonly seenAt: number;
  /** Set when this request is one. */
  readonly activeAt?: number | undefined;
}

export interface KnownSessions {
  /** From memory if that is younger than REVOCATION_MAX_AGE and has the newest claims, else from the user's object. */
  of(sealed: SealedSession, activity: Activity): Promise<KnownSession>;
  /** Asks the user's object, whatever is remembered. Throws `store_unavailable`. */
  ask(sealed: SealedSession, activity: Activity): Promise<KnownSession>;
  /** The same, and joins no question that was asked before. */
  askAfresh(sealed: SealedSession, activity: Activity): Promise<KnownSession>;
  recall(sessionId: string): KnownSession | undefined;
  begin(session: Session): void;
  /** The same browser has signed in anew. */
  replace(sessionId: string): void;
  end(sessionId: string, reason: string): void;
}

interface Dependencies {
  readonly times: Durations & { readonly revocationMaxAge: number };
  readonly directory: UserSessionsDirectory;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

/** Milliseconds; more than a question may take. One whose asker was cancelled may never be answered. */
const JOIN_PATIENCE = 4_500;

export function createKnownSessions({ times, directory, now, waitUntil }: Dependencies): KnownSessions {
  const entries = new BoundedMap<string, KnownSession>(8192);
  const questions = new Map<string, Promise<KnownSession>>();
  /** Sessions whose object did not answer: it may have missed their end. */
  const unanswered = new BoundedMap<string, true>(8192);

  function isRecent(known: KnownSession, sealed: SealedSession, activeAt: number | undefined): boolean {
    if (now() - known.checkedAt >= times.revocationMaxAge) return false;
    // An older cookie must not bring back what a newer reading has taken away.
    if (Math.max(claimsAtOf(sealed), known.claims?.claimsAt ?? -1) < known.newestClaimsAt) return false;
    // Between questions that are no activity (background polls), activity would never reach the object.
    return activeAt === undefined || !isActivityDue(known.reportedAt, activeAt, times);
  }

  async function question(sealed: SealedSession, { seenAt, activeAt = seenAt }: Activity): Promise<KnownSession> {
    // The time before the question counts: what ends while the answer travels ends within REVOCATION_MAX_AGE of now.
    const checkedAt = now();
    const claimsAt = Math.max(claimsAtOf(sealed), entries.get(sealed.id)?.claims?.claimsAt ?? -1);
    const isDoubtful = unanswered.get(sealed.id);
    const query = { id: sealed.id, claimsAt, activeAt, ...(isDoubtful && { isDoubtful }) };
    const answer = await directory
      .ofUser(sealed.sub)
      .standing(query)
      .catch((error: unknown) => {
        unanswered.set(sealed.id, true);
        throw error;
      });
    if (isDoubtful) unanswered.delete(sealed.id);
    const known = entries.get(sealed.id) ?? create(checkedAt);
    if (answer.kind === 'ended') known.ended ??= answer.reason;
    else {
      known.checkedAt = Math.max(known.checkedAt, checkedAt);
      known.reportedAt = Math.max(known.reportedAt, answer.seenAt);
      known.activeAt = Math.max(known.activeAt, answer.seenAt);
      // Answers may overtake each other; what is replaced once stays so.
      known.isReplaced ||= answer.isReplaced === true;
      known.newestClaimsAt = Math.max(known.newestClaimsAt, answer.claimsAt);
      if (answer.claims) takeClaims(known, answer.claims);
    }
    entries.set(sealed.id, known);
    return known;
  }

  async function ask(sealed: SealedSession, activity: Activity): Promise<KnownSession> {
    const first = questions.get(sealed.id);
    const joined = first && (await within(first, JOIN_PATIENCE));
    if (joined && joined !== LATE && (joined.ended !== undefined || isRecent(joined, sealed, undefined))) return joined;
    return askAfresh(sealed, activity);
  }

  async function askAfresh(sealed: SealedSession, activity: Activity): Promise<KnownSession> {
    const asking = question(sealed, activity).finally(() => {
      if (questions.get(sealed.id) === asking) questions.delete(sealed.id);
    });
    questions.set(sealed.id, asking);
    // The first visitor may hang up; the others still want to know.
    waitUntil(asking.catch(() => undefined));
    return asking;
  }

  return {
    async of(sealed, activity) {
      const known = entries.get(sealed.id);
      if (known) known.activeAt = Math.max(known.activeAt, activity.activeAt ?? activity.seenAt);
      if (known && (known.ended !== undefined || isRecent(known, sealed, activity.activeAt))) return known;
      return ask(sealed, activity);
    },
    ask,
    askAfresh,
    recall: (sessionId) => entries.get(sessionId),
    begin({ id, seenAt, identity, claimsAt }) {
      const known = create(now());
      entries.set(id, {
        ...known,
        reportedAt: seenAt,
        activeAt: seenAt,
        newestClaimsAt: claimsAt,
        claims: { identity, claimsAt },
      });
    },
    replace(sessionId) {
      const known = entries.get(sessionId);
      if (known) known.isReplaced = true;
    },
    end(sessionId, reason) {
      const known = entries.get(sessionId) ?? create(now());
      known.ended = reason;
      entries.set(sessionId, known);
    },
  };
}

/** Readings may overtake each other; the newer stays. */
export function takeClaims(known: KnownSession, claims: ClaimsReading): void {
  if (claims.claimsAt > (known.claims?.claimsAt ?? -1)) known.claims = claims;
  known.newestClaimsAt = Math.max(known.newestClaimsAt, claims.claimsAt);
}

function claimsAtOf(sealed: SealedSession): number {
  return sealed.identity ? sealed.claimsAt : -1;
}

function create(checkedAt: number): KnownSession {
  return { checkedAt, reportedAt: 0, activeAt: 0, isReplaced: false, newestClaimsAt: -1, retryAt: 0 };
}
