// Looks now and then whether a connection that stays open is still allowed, so that signed out means signed out there too.
// promise 4, §1 REVOCATION_MAX_AGE.

/** `true`, or why not in a few words that the other side may read. It must not answer from memory older than the period. */
export type StillAllowed = () => Promise<true | string>;

export interface Timers {
  readonly setTimeout: (callback: () => void, milliseconds: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

export const TIMERS: Timers = {
  // Called as methods of another object, the runtime's own refuse.
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** How long what is open may go unlooked at; seconds. */
export interface WatchTimes {
  /** Since whoever it is for was last found allowed. */
  readonly age: number;
  /** After which it must be found out that they no longer are. */
  readonly within: number;
}

/** Of the time there is: what is left of it is for the answer to come back. */
const WATCH = 0.8;

export function watchPeriod(within: number): number {
  return within * WATCH;
}

/** The sooner, the longer ago it was judged; but an answer of the usual length is over before. */
export function firstLook({ age, within }: WatchTimes): number {
  return watchPeriod(Math.max(within - age, within / 50));
}

export interface Guard {
  readonly stillAllowed: StillAllowed;
  /** Seconds to the first look, since what it was let in by may be a while ago; default: the period. */
  readonly first?: number;
  /** Seconds between two looks. */
  readonly period: number;
  readonly timers: Timers;
}

/** `known` is false when nobody could say: the connection ends all the same, but whoever comes back may be let in. */
export type Ending = { readonly known: boolean; readonly reason: string };

/** Returns how to stop watching. `end` is called once at most. */
export function watch(
  { stillAllowed, period, first = period, timers }: Guard,
  end: (ending: Ending) => void,
): () => void {
  let isOver = false;
  let timer: unknown;
  const finish = (ending: Ending) => {
    if (isOver) return;
    isOver = true;
    end(ending);
  };
  const look = () => {
    stillAllowed().then(
      (answer) => (answer === true ? schedule(period) : finish({ known: true, reason: answer })),
      () => finish({ known: false, reason: 'the session could not be checked' }),
    );
  };
  const schedule = (seconds: number) => {
    if (!isOver) timer = timers.setTimeout(look, seconds * 1000);
  };
  schedule(first);
  return () => {
    isOver = true;
    timers.clearTimeout(timer);
  };
}
