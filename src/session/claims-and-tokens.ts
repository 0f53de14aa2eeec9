// Claims and tokens asked of a user's object: many requests share one question, and none of them waits for long.
// Promise 5 (CLAIMS_MAX_AGE); promise 6 (a session whose claims can't be read now goes on with the known ones).

import { LATE, within } from '../shared/isolate/deadline.ts';
import type { TokenAnswer } from '../user-object/api.ts';
import { type KnownSession, takeClaims } from './known-sessions.ts';
import type { UserSessionsDirectory } from './object-client.ts';

/** How fresh the claims are: new enough, being read behind the request, just read, not to be had now, or the session has ended. */
export type ClaimsOutcome = 'fresh' | 'behind' | 'read' | 'kept' | 'ended';

/** A session, whose it is, and what this isolate knows of it. */
export interface SessionReference {
  readonly id: string;
  readonly sub: string;
  readonly known: KnownSession;
}

interface Dependencies {
  readonly directory: UserSessionsDirectory;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

/** Seconds after which a question that has no answer is asked anew: the request that asked it may have been cancelled. */
const ABANDONED = 20;
/** Seconds until the object is asked again after it could not be reached. */
const OBJECT_RETRY = 5;

export class ClaimsAndTokens {
  readonly #directory: UserSessionsDirectory;
  readonly #now: () => number;
  readonly #readings: SharedQuestions<ClaimsOutcome>;
  readonly #tokenQuestions: SharedQuestions<TokenAnswer>;

  constructor({ directory, now, waitUntil }: Dependencies) {
    this.#directory = directory;
    this.#now = now;
    this.#readings = new SharedQuestions({ now, waitUntil });
    this.#tokenQuestions = new SharedQuestions({ now, waitUntil });
  }

  /** Reads claims no older than `notBefore` into `known`. After `patience` milliseconds the reading goes on with nobody waiting. */
  async read(session: SessionReference, notBefore: number, patience: number): Promise<ClaimsOutcome> {
    if (this.#now() < session.known.retryAt) return 'kept';
    const outcome = await within(this.#beginReading(session, notBefore), patience);
    return outcome === LATE ? 'kept' : outcome;
  }

  /** The same, with nobody waiting from the start. */
  readBehind(session: SessionReference, notBefore: number): void {
    if (this.#now() < session.known.retryAt || this.#readings.isUnderWay(session.id)) return;
    void this.#beginReading(session, notBefore);
  }

  #beginReading(session: SessionReference, notBefore: number): Promise<ClaimsOutcome> {
    return this.#readings.ask(session.id, () => this.#askForClaims(session, notBefore), notBefore);
  }

  async #askForClaims({ id, sub, known }: SessionReference, notBefore: number): Promise<ClaimsOutcome> {
    try {
      const claimsAt = known.claims?.claimsAt ?? -1;
      const answer = await this.#directory.ofUser(sub).readClaims({ id, notBefore, claimsAt });
      if (answer.kind === 'ended') {
        known.ended ??= answer.reason;
        return 'ended';
      }
      if (answer.claims) takeClaims(known, answer.claims);
      if (answer.kind === 'kept') known.retryAt = answer.retryAt;
      return answer.kind;
    } catch {
      // The object can't be reached. Whether the session stands will be asked soon, and that question fails closed.
      known.retryAt = this.#now() + OBJECT_RETRY;
      return 'kept';
    }
  }

  /** Tokens for an upstream that gets them; `patience` in milliseconds. */
  async tokens({ id, sub, known }: SessionReference, patience: number): Promise<TokenAnswer> {
    const { tokens } = known;
    if (tokens && this.#now() < tokens.renewAt) return tokens;
    const question = this.#tokenQuestions.ask(id, () => this.#directory.ofUser(sub).tokens({ id }));
    const answer = await within(question, patience);
    if (answer === LATE) return { kind: 'kept', retryAt: this.#now() + OBJECT_RETRY, reason: 'no answer in time' };
    if (answer.kind === 'tokens') known.tokens = answer;
    if (answer.kind === 'ended') known.ended ??= answer.reason;
    return answer;
  }
}

interface Asked<Answer> {
  readonly task: Promise<Answer>;
  readonly notBefore: number;
  readonly begunAt: number;
}

/**
 * Questions that many requests share, by session and by how new the answer must be. The clock alone says when one counts as lost: a
 * request's timers end with it.
 */
class SharedQuestions<Answer> {
  readonly #underWay = new Map<string, Asked<Answer>>();
  readonly #deps: Pick<Dependencies, 'now' | 'waitUntil'>;

  constructor(deps: Pick<Dependencies, 'now' | 'waitUntil'>) {
    this.#deps = deps;
  }

  isUnderWay(sessionId: string): boolean {
    return this.#underWay.has(sessionId);
  }

  /** Joins the question under way if it asks for an answer as new as `notBefore`, else asks. */
  ask(sessionId: string, question: () => Promise<Answer>, notBefore = 0): Promise<Answer> {
    const { now, waitUntil } = this.#deps;
    const before = this.#underWay.get(sessionId);
    if (before && before.notBefore >= notBefore && now() - before.begunAt < ABANDONED) return before.task;
    const asked = { task: question(), notBefore, begunAt: now() };
    this.#underWay.set(sessionId, asked);
    const forget = () => {
      if (this.#underWay.get(sessionId) === asked) this.#underWay.delete(sessionId);
    };
    // The visitor may hang up; the answer of ZITADEL must be brought home all the same.
    waitUntil(asked.task.then(forget, forget));
    return asked.task;
  }
}
