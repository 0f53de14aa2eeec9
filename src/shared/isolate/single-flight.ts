// Parallel questions about one thing are one question, within the isolate; whoever waits does not depend on who asked first.
// On Workers a promise may never settle when the request that began it is cancelled, so waiting has an end.

import { GatewayError } from '../../errors.ts';
import { LATE, within } from './deadline.ts';

export interface SingleFlight<Answer> {
  /** Waits for the question that is under way, else asks. Throws `provider_unavailable` where nobody who asked gets an answer. */
  ask(key: string, question: () => Promise<Answer>): Promise<Answer>;
  /** Asks whatever is under way; who comes later waits for this question. */
  askAfresh(key: string, question: () => Promise<Answer>): Promise<Answer>;
  /** Waits for the question that is under way. Undefined where there is none, or it takes too long: then it is under way no more. */
  join(key: string): Promise<Answer | undefined>;
  isUnderWay(key: string): boolean;
}

interface Dependencies {
  readonly waitUntil: (task: Promise<unknown>) => void;
  /** Milliseconds to wait for somebody else's question; longer than a question takes. */
  readonly patience?: number | undefined;
}

export function createSingleFlight<Answer>({ waitUntil, patience = 7_000 }: Dependencies): SingleFlight<Answer> {
  const underWay = new Map<string, Promise<Answer>>();

  function askAfresh(key: string, question: () => Promise<Answer>): Promise<Answer> {
    const asked = question().finally(() => {
      if (underWay.get(key) === asked) underWay.delete(key);
    });
    underWay.set(key, asked);
    // The first visitor may hang up; the others still want to know.
    waitUntil(asked.catch(() => undefined));
    return asked;
  }

  /** Undefined where there is none, or it takes too long. */
  async function wait(key: string): Promise<{ readonly answer: Answer } | undefined> {
    const first = underWay.get(key);
    const answer = first ? await within(first, patience) : LATE;
    if (answer !== LATE) return { answer };
    // Nothing will come of it: whoever asked it is gone.
    if (underWay.get(key) === first) underWay.delete(key);
    return undefined;
  }

  return {
    askAfresh,
    isUnderWay: (key) => underWay.has(key),
    join: async (key) => (await wait(key))?.answer,
    async ask(key, question) {
      // The second time one of those who waited asks anew, and the others wait for that one.
      for (let attempt = 0; attempt < 2; attempt++) {
        if (!underWay.has(key)) return askAfresh(key, question);
        const joined = await wait(key);
        if (joined) return joined.answer;
      }
      throw new GatewayError('provider_unavailable', 'nobody who asked ZITADEL got an answer');
    },
  };
}
