// Asks now and then whether a connection that stays open is still allowed, so that signed out means signed out there too.
// Promise 4; ARCHITECTURE §1 (REVOCATION_MAX_AGE).

/** `true`, or why not in a few words that the other side may read. It must not answer from memory older than the period. */
export type StillAllowed = () => Promise<true | string>;

export interface Timers {
  readonly setTimeout: (callback: () => void, milliseconds: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

export const TIMERS: Timers = {
  // The runtime's own functions refuse to be called as methods of another object.
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** Seconds. */
export interface RevalidationTimes {
  /** How long ago somebody was last found allowed. */
  readonly age: number;
  /** How long it may take to find out that they no longer are. */
  readonly within: number;
}

/** The rest of the time is for the answer to come back. */
const SHARE = 0.8;

/** Seconds from one revalidation to the next. */
export function revalidationPeriod(within: number): number {
  return within * SHARE;
}

/** Seconds to the first one: the older the last judgement, the fewer, but enough for an answer of the usual length to be over before. */
export function firstRevalidation({ age, within }: RevalidationTimes): number {
  return revalidationPeriod(Math.max(within - age, within / 50));
}

export interface RevalidationPlan {
  readonly stillAllowed: StillAllowed;
  /** Seconds to the first revalidation; default: the period. */
  readonly first?: number;
  /** Seconds from one to the next. */
  readonly period: number;
  readonly timers: Timers;
}

/** Why a connection is cut off. `isKnown` is false when nobody could say: whoever comes back may be let in. */
export type CutOff = { readonly isKnown: boolean; readonly reason: string };

/** Returns how to stop it. `cutOff` is called once at most. */
export function revalidate(
  { stillAllowed, period, first = period, timers }: RevalidationPlan,
  cutOff: (why: CutOff) => void,
): () => void {
  let isOver = false;
  let timer: unknown;
  const finish = (why: CutOff) => {
    if (isOver) return;
    isOver = true;
    cutOff(why);
  };
  const ask = () => {
    stillAllowed().then(
      (answer) => (answer === true ? schedule(period) : finish({ isKnown: true, reason: answer })),
      () => finish({ isKnown: false, reason: 'the session could not be checked' }),
    );
  };
  const schedule = (seconds: number) => {
    if (!isOver) timer = timers.setTimeout(ask, seconds * 1000);
  };
  schedule(first);
  return () => {
    isOver = true;
    timers.clearTimeout(timer);
  };
}
