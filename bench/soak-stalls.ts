// Notices when this process, in which ZITADEL, KV and the application live too, was given no processor for a while: then deadlines run out
// that nobody has broken.

/** Milliseconds. */
const TICK = 50;
const STALL = 700;
/** How long deadlines that ran out for it may still show. */
const AFTERMATH = 3_000;

export interface StallWatch {
  /** Whether it was so within that time, in milliseconds of `performance.now()`, or shortly before. */
  touched(from: number, to: number): boolean;
  /** Milliseconds in all. */
  readonly total: number;
  stop(): void;
}

export function watchStalls(): StallWatch {
  const stalls: { readonly from: number; readonly to: number }[] = [];
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    if (now - last > STALL) stalls.push({ from: last, to: now });
    last = now;
  };
  const timer = setInterval(look, TICK);
  return {
    touched(from, to) {
      look();
      return stalls.some((stall) => stall.from <= to && stall.to >= from - AFTERMATH);
    },
    get total() {
      return stalls.reduce((sum, stall) => sum + stall.to - stall.from, 0);
    },
    stop: () => clearInterval(timer),
  };
}
