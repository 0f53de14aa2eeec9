// What an isolate remembers of each session: when it was last known to stand, its newest claims, its tokens for upstreams.
// Promise 4 (REVOCATION_MAX_AGE), promise 11 (no storage on a repeated request). Every entry is safe to lose.

import { BoundedMap } from '../shared/isolate/bounded-map.ts';
import { createSingleFlight, type SingleFlight } from '../shared/isolate/single-flight.ts';
import type { ClaimsReading, Standing, TokenAnswer } from '../user-object/api.ts';
import type { UserSessionsDirectory } from './object-client.ts';
import { type Durations, isActivityDue, type SealedSession, type Session } from './session.ts';

export interface KnownSession {
  /** When the object last said that the session stands; seconds since the epoch, as all times here. */
  checkedAt: number;
  /** The last activity that the object has been told of. */
  reportedAt: number;
  /** The last activity that this isolate knows of. */
  activeAt: number;
  ended?: string;
  /** The same browser has signed in anew. */
  isReplaced: boolean;
  /** When the newest claims that the object has were read. */
  newestClaimsAt: number;
  /** Claims that are newer than those in some of the session's cookies. */
  claims?: ClaimsReading;
  /** Claims are not read again before this. */
  retryAt: number;
  tokens?: Extract<TokenAnswer, { kind: 'tokens' }>;
}

/** Of all sites of an isolate together: no two of their sessions have one id. */
export interface SessionMemory {
  readonly entries: BoundedMap<string, KnownSession>;
  /** Sessions whose object did not answer: it may have missed their end. */
  readonly unanswered: BoundedMap<string, true>;
}

export const createSessionMemory = (): SessionMemory => ({
  entries: new BoundedMap(8192),
  unanswered: new BoundedMap(8192),
});

export interface Activity {
  /** The last activity that the cookie knows of. */
  readonly seenAt: number;
  /** When this request came, if it counts as activity. */
  readonly activeAt?: number | undefined;
}

interface Dependencies {
  readonly times: Durations & { readonly revocationMaxAge: number };
  readonly directory: UserSessionsDirectory;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
  readonly sessionMemory?: SessionMemory;
}

/** Milliseconds; longer than a question takes. If the request that asked was cancelled, the question may never be answered. */
const JOIN_PATIENCE = 4_500;

export class KnownSessions {
  readonly #deps: Dependencies;
  readonly #entries: SessionMemory['entries'];
  readonly #questions: SingleFlight<KnownSession>;
  readonly #unanswered: SessionMemory['unanswered'];

  constructor(deps: Dependencies) {
    this.#deps = deps;
    const { entries, unanswered } = deps.sessionMemory ?? createSessionMemory();
    [this.#entries, this.#unanswered] = [entries, unanswered];
    this.#questions = createSingleFlight({ waitUntil: deps.waitUntil, patience: JOIN_PATIENCE });
  }

  /** From memory if that is younger than REVOCATION_MAX_AGE and has the newest claims, else from the user's object. */
  async of(sealed: SealedSession, activity: Activity): Promise<KnownSession> {
    const known = this.#entries.get(sealed.id);
    if (known) known.activeAt = Math.max(known.activeAt, activity.activeAt ?? activity.seenAt);
    if (known && (known.ended !== undefined || this.#isRecent(known, sealed, activity.activeAt))) return known;
    return this.ask(sealed, activity);
  }

  /** Asks the user's object, whatever is remembered. Throws `store_unavailable`. */
  async ask(sealed: SealedSession, activity: Activity): Promise<KnownSession> {
    // No waiting where nothing is under way: of requests that come together only the first may find that.
    const joined = this.#questions.isUnderWay(sealed.id) ? await this.#questions.join(sealed.id) : undefined;
    if (joined && (joined.ended !== undefined || this.#isRecent(joined, sealed, undefined))) return joined;
    return this.askAfresh(sealed, activity);
  }

  /** As `ask`, but without joining a question that is under way. */
  askAfresh(sealed: SealedSession, activity: Activity): Promise<KnownSession> {
    return this.#questions.askAfresh(sealed.id, () => this.#question(sealed, activity));
  }

  recall(sessionId: string): KnownSession | undefined {
    return this.#entries.get(sessionId);
  }

  /** A session that has just begun here. */
  begin({ id, seenAt, identity, claimsAt }: Session): void {
    const times = { reportedAt: seenAt, activeAt: seenAt, newestClaimsAt: claimsAt };
    this.#entries.set(id, { ...create(this.#deps.now()), ...times, claims: { identity, claimsAt } });
  }

  /** The same browser has signed in anew. */
  replace(sessionId: string): void {
    const known = this.#entries.get(sessionId);
    if (known) known.isReplaced = true;
  }

  end(sessionId: string, reason: string): void {
    const known = this.#entries.get(sessionId) ?? create(this.#deps.now());
    known.ended = reason;
    this.#entries.set(sessionId, known);
  }

  #isRecent(known: KnownSession, sealed: SealedSession, activeAt: number | undefined): boolean {
    const { now, times } = this.#deps;
    if (now() - known.checkedAt >= times.revocationMaxAge) return false;
    // An older cookie must not bring back what a newer reading has taken away.
    if (Math.max(claimsAtOf(sealed), known.claims?.claimsAt ?? -1) < known.newestClaimsAt) return false;
    // Between questions that are no activity (background polls), activity would never reach the object.
    return activeAt === undefined || !isActivityDue(known.reportedAt, activeAt, times);
  }

  async #question(sealed: SealedSession, { seenAt, activeAt = seenAt }: Activity): Promise<KnownSession> {
    // The time before the question counts: what ends while the answer travels ends within REVOCATION_MAX_AGE of now.
    const checkedAt = this.#deps.now();
    const claimsAt = Math.max(claimsAtOf(sealed), this.#entries.get(sealed.id)?.claims?.claimsAt ?? -1);
    const isDoubtful = this.#unanswered.get(sealed.id);
    const query = { id: sealed.id, claimsAt, activeAt, ...(isDoubtful && { isDoubtful }) };
    const answer = await this.#deps.directory
      .ofUser(sealed.sub)
      .standing(query)
      .catch((error: unknown) => {
        this.#unanswered.set(sealed.id, true);
        throw error;
      });
    if (isDoubtful) this.#unanswered.delete(sealed.id);
    const known = this.#entries.get(sealed.id) ?? create(checkedAt);
    takeStanding(known, answer, checkedAt);
    this.#entries.set(sealed.id, known);
    return known;
  }
}

function create(checkedAt: number): KnownSession {
  return { checkedAt, reportedAt: 0, activeAt: 0, isReplaced: false, newestClaimsAt: -1, retryAt: 0 };
}

/** Answers may overtake each other: the newest counts, and what has ended or was replaced once stays so. */
function takeStanding(known: KnownSession, answer: Standing, checkedAt: number): void {
  if (answer.kind === 'ended') {
    known.ended ??= answer.reason;
    return;
  }
  known.checkedAt = Math.max(known.checkedAt, checkedAt);
  known.reportedAt = Math.max(known.reportedAt, answer.seenAt);
  known.activeAt = Math.max(known.activeAt, answer.seenAt);
  known.isReplaced ||= answer.isReplaced === true;
  known.newestClaimsAt = Math.max(known.newestClaimsAt, answer.claimsAt);
  if (answer.claims) takeClaims(known, answer.claims);
}

/** Readings may overtake each other, too. */
export function takeClaims(known: KnownSession, claims: ClaimsReading): void {
  if (claims.claimsAt > (known.claims?.claimsAt ?? -1)) known.claims = claims;
  known.newestClaimsAt = Math.max(known.newestClaimsAt, claims.claimsAt);
}

/** When the claims in the cookie were read; -1 where it holds none. */
function claimsAtOf(sealed: SealedSession): number {
  return sealed.identity ? sealed.claimsAt : -1;
}
