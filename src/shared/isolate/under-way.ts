// How many questions of a kind are being asked, for whoever waits for the end of one.

import { LATE, within } from './deadline.ts';

/** Milliseconds; longer than a question takes. */
const PATIENCE = 7_000;

export interface UnderWay {
  /** Returns how to end it. */
  begin(kinds: readonly string[]): () => void;
  /** False where none of this kind is being asked. */
  next(kind: string): Promise<boolean>;
}

export function createUnderWay(): UnderWay {
  const kinds = new Map<string, { count: number; readonly waiting: Set<() => void> }>();

  function endOne(name: string): void {
    const kind = kinds.get(name);
    if (!kind) return;
    kind.count -= 1;
    if (kind.count === 0) kinds.delete(name);
    const waiting = [...kind.waiting];
    kind.waiting.clear();
    for (const wake of waiting) wake();
  }

  return {
    begin(names) {
      for (const name of names) {
        const kind = kinds.get(name) ?? { count: 0, waiting: new Set() };
        kind.count += 1;
        kinds.set(name, kind);
      }
      return () => {
        for (const name of names) endOne(name);
      };
    },
    async next(name) {
      const kind = kinds.get(name);
      if (!kind) return false;
      // The request that waits makes the promise: on Workers one may never settle once the request that made it is over.
      const { promise, resolve } = Promise.withResolvers<void>();
      kind.waiting.add(resolve);
      const isLate = (await within(promise, PATIENCE)) === LATE;
      // The request that asked is gone, so nobody will tell of its end.
      if (isLate) kinds.delete(name);
      return !isLate;
    },
  };
}
