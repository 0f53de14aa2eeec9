// How often each of many may make the gateway do something: so many at once, and one more every so many seconds. Bounded memory, one isolate.
// Design §6 Isolate memory (each bounded, each safe to lose): it slows guessing down, it is no lock.

export interface Budget {
  /** Seconds to wait; 0: one is taken. */
  take(key: string): number;
  /** It was no attempt of the kind that counts. */
  giveBack(key: string): void;
  /** Whatever there was is gone. */
  exhaust(key: string): void;
}

interface Terms {
  /** At once. */
  readonly most: number;
  /** Seconds until one more. */
  readonly every: number;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** Of so many something is remembered; who comes after them drives the one out who was not seen for longest. */
const KEYS = 1_000;

export function createBudget({ most, every, now }: Terms): Budget {
  const taken = new Map<string, { readonly count: number; readonly at: number }>();

  function countOf(key: string): number {
    const entry = taken.get(key);
    return entry ? Math.max(0, entry.count - Math.max(0, now() - entry.at) / every) : 0;
  }

  function remember(key: string, count: number): void {
    taken.delete(key);
    if (count > 0) taken.set(key, { count, at: now() });
    for (const oldest of taken.keys()) {
      if (taken.size <= KEYS) return;
      taken.delete(oldest);
    }
  }

  return {
    take(key) {
      const count = countOf(key);
      if (count + 1 > most) return Math.ceil((count + 1 - most) * every);
      remember(key, count + 1);
      return 0;
    },
    giveBack: (key) => remember(key, countOf(key) - 1),
    exhaust: (key) => remember(key, most),
  };
}
