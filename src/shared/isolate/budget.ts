// How often each of many may make the gateway do something: so many at once, and one more every so many seconds. Bounded memory, one isolate.
// ARCHITECTURE §6 Isolate memory (each bounded, each safe to lose): it slows guessing down, it is no lock.

import { BoundedMap } from './bounded-map.ts';

export interface Budget {
  /** Seconds to wait; 0: one is taken. */
  take(key: string): number;
  /** It was no attempt of the kind that counts. */
  giveBack(key: string): void;
  /** Nothing is left of it. */
  exhaust(key: string): void;
}

/** What a budget allows. */
export interface Share {
  /** At once. */
  readonly most: number;
  /** Seconds until one more. */
  readonly every: number;
}

interface Terms extends Share {
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** So many keys are remembered. One more drives out the key that was not seen for longest. */
const KEYS = 1_000;

export function createBudget({ most, every, now }: Terms): Budget {
  const limit = most * every;
  /** What was taken, in the seconds it takes to come back: whole numbers, so that nothing is lost in rounding. */
  const debts = new BoundedMap<string, { readonly seconds: number; readonly at: number }>(KEYS);

  function debtOf(key: string): number {
    const entry = debts.get(key);
    return entry ? Math.max(0, entry.seconds - Math.max(0, now() - entry.at)) : 0;
  }

  function remember(key: string, seconds: number): void {
    if (seconds > 0) debts.set(key, { seconds, at: now() });
    else debts.delete(key);
  }

  return {
    take(key) {
      const seconds = debtOf(key) + every;
      if (seconds > limit) return Math.ceil(seconds - limit);
      remember(key, seconds);
      return 0;
    },
    giveBack: (key) => remember(key, debtOf(key) - every),
    exhaust: (key) => remember(key, limit),
  };
}
