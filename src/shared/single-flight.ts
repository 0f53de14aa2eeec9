// Parallel questions about one thing are one question, within the isolate; whoever waits does not depend on who asked first.
// On Workers a promise may never settle when the request that began it is cancelled, so waiting has an end.

import { GatewayError } from '../errors.ts';
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

  /** `LATE` where it takes too long. */
  async function wait(key: string, first: Promise<Answer>): Promise<Answer | typeof LATE> {
    const answer = await within(first, patience);
    // Nothing will come of it: whoever asked it is gone.
    if (answer === LATE && underWay.get(key) === first) underWay.delete(key);
    return answer;
  }

  return {
    askAfresh,
    isUnderWay: (key) => underWay.has(key),
    async join(key) {
      const first = underWay.get(key);
      const answer = first && (await wait(key, first));
      return answer === LATE ? undefined : answer;
    },
    async ask(key, question) {
      const first = underWay.get(key);
      if (!first) return askAfresh(key, question);
      const answer = await wait(key, first);
      if (answer !== LATE) return answer;
      // One of those who waited asks anew, the others wait for that one.
      const second = underWay.get(key);
      const late = await (second ? wait(key, second) : askAfresh(key, question));
      if (late === LATE) throw new GatewayError('provider_unavailable', 'nobody who asked ZITADEL got an answer');
      return late;
    },
  };
}
