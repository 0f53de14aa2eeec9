// Parallel questions about one thing are one question, within the isolate; whoever waits does not depend on who asked first.
// On Workers a promise may never settle when the request that began it is cancelled, so waiting has an end.

import { GatewayError } from '../errors.ts';
import { LATE, within } from './deadline.ts';

export type SingleFlight<Answer> = (key: string, ask: () => Promise<Answer>) => Promise<Answer>;

interface Dependencies {
  readonly waitUntil: (task: Promise<unknown>) => void;
  /** Milliseconds to wait for somebody else's question; longer than a question takes. */
  readonly patience?: number | undefined;
}

export function createSingleFlight<Answer>({ waitUntil, patience = 7_000 }: Dependencies): SingleFlight<Answer> {
  const asked = new Map<string, Promise<Answer>>();

  function begin(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const question = ask().finally(() => {
      if (asked.get(key) === question) asked.delete(key);
    });
    asked.set(key, question);
    // The first visitor may hang up; the others still want to know.
    waitUntil(question.catch(() => undefined));
    return question;
  }

  return async (key, ask) => {
    const first = asked.get(key);
    if (!first) return begin(key, ask);
    const answer = await within(first, patience);
    if (answer !== LATE) return answer;
    // Nothing will come of it. One of those who waited asks anew, the others wait for that one.
    if (asked.get(key) === first) asked.delete(key);
    const second = asked.get(key);
    const late = await (second ? within(second, patience) : begin(key, ask));
    if (late === LATE) throw new GatewayError('provider_unavailable', 'nobody who asked ZITADEL got an answer');
    return late;
  };
}
