// Verdicts on bearer tokens that this isolate remembers: good ones for a minute, bad ones for seconds.
// ARCHITECTURE §3 (a judged token is remembered for at most 60 seconds and never past its `exp`), §6 Isolate memory.

import type { Config } from '../../config/schema.ts';
import { ExpiringMap } from '../../shared/isolate/expiring-map.ts';
import type { Verdict } from './verdict.ts';

/** `at`: when it was asked for. `freshUntil`: as long as it is served without asking. Seconds since the epoch. */
export interface Remembered {
  readonly verdict: Verdict;
  readonly at: number;
  readonly freshUntil: number;
}

export interface VerdictMemory {
  recall(token: string): Remembered | undefined;
  /** The token was good here before, lately. */
  isKnown(token: string): boolean;
  /** `at`: when it was asked for, in seconds since the epoch. */
  remember(token: string, verdict: Verdict, at: number): void;
}

/** Seconds that a good token is served at most before it is asked about again, and a bad one. */
const REMEMBER_GOOD = 60;
const REMEMBER_BAD = 5;
/** Seconds that are remembered of a good token so that it is no stranger when it is asked about again. */
const REMEMBER_KNOWN = 3_600;

/** Of all sites of an isolate together. Apart, so that a flood of invented tokens drives no good one out. */
export interface Verdicts {
  readonly good: ExpiringMap<Remembered>;
  readonly bad: ExpiringMap<Remembered>;
}

export const createVerdicts = (): Verdicts => ({
  good: new ExpiringMap({ entries: 1_000, characters: 4_000_000 }),
  bad: new ExpiringMap({ entries: 1_000, characters: 1_000_000 }),
});

/** `site`: a token that is good at one site may be nothing at another. */
export function createVerdictMemory(
  { claimsMaxAge, site }: Pick<Config, 'claimsMaxAge' | 'site'>,
  now: () => number,
  { good, bad } = createVerdicts(),
): VerdictMemory {
  // No host and no token has a blank in it.
  const keyOf = (token: string) => (site === undefined ? token : `${site} ${token}`);
  return {
    recall(token) {
      const key = keyOf(token);
      return good.get(key, now()) ?? bad.get(key, now());
    },
    isKnown: (token) => good.get(keyOf(token), now()) !== undefined,
    remember(token, verdict, at) {
      const key = keyOf(token);
      if (verdict.kind === 'caller') {
        const freshUntil = Math.min(at + REMEMBER_GOOD, at + claimsMaxAge, verdict.expiresAt);
        good.set(key, { verdict, at, freshUntil }, Math.min(at + REMEMBER_KNOWN, verdict.expiresAt));
      } else {
        good.forget(key);
        bad.set(key, { verdict, at, freshUntil: at + REMEMBER_BAD }, at + REMEMBER_BAD);
      }
    },
  };
}
