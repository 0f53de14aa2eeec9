// Verdicts on bearer tokens that this isolate remembers: good ones for a minute, bad ones for seconds.
// ARCHITECTURE §3 (a judged token is remembered for at most 60 seconds and never past its `exp`), §6 Isolate memory.

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

export function createVerdictMemory(claimsMaxAge: number, now: () => number): VerdictMemory {
  // Apart, so that a flood of invented tokens drives no good one out.
  const good = new ExpiringMap<Remembered>({ entries: 1_000, characters: 4_000_000 });
  const bad = new ExpiringMap<Remembered>({ entries: 1_000, characters: 1_000_000 });
  return {
    recall: (token) => good.get(token, now()) ?? bad.get(token, now()),
    isKnown: (token) => good.get(token, now()) !== undefined,
    remember(token, verdict, at) {
      if (verdict.kind === 'caller') {
        const freshUntil = Math.min(at + REMEMBER_GOOD, at + claimsMaxAge, verdict.expiresAt);
        good.set(token, { verdict, at, freshUntil }, Math.min(at + REMEMBER_KNOWN, verdict.expiresAt));
      } else {
        good.forget(token);
        bad.set(token, { verdict, at, freshUntil: at + REMEMBER_BAD }, at + REMEMBER_BAD);
      }
    },
  };
}
