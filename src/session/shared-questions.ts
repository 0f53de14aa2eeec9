// Questions about sessions that many requests share, by session and by how new the answer must be.
// The clock alone says when a question counts as lost: no request's timer outlives the request.

interface Dependencies {
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

interface Asked<Answer> {
  readonly task: Promise<Answer>;
  readonly notBefore: number;
  readonly begunAt: number;
}

/** Seconds after which a question that has no answer is asked anew: the request that asked it may have been cancelled. */
const ABANDONED = 20;

export class SharedQuestions<Answer> {
  readonly #underWay = new Map<string, Asked<Answer>>();
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
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
