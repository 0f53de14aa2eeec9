// What a run costs, in processor time of its own thread: other work on the machine does not count.
// A run is too slow only if it is so again and again, so that neither a collection of garbage nor a cold start is taken for one.

import type { Attempt } from '../property/target.ts';

const REPETITIONS = 6;

export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

export interface Meter {
  /** Milliseconds, the best of the repetitions where there were any. */
  slowest: number;
  readonly carryOut: (attempt: Attempt) => Promise<void>;
}

/** `budget` in milliseconds; `begin` is called before each case. */
export function createMeter(budget: number, begin: () => void): Meter {
  const meter: Meter = {
    slowest: 0,
    async carryOut(attempt) {
      begin();
      let spent = await timeOf(attempt);
      for (let again = 1; spent > budget && again < REPETITIONS; again++)
        spent = Math.min(spent, await timeOf(attempt));
      meter.slowest = Math.max(meter.slowest, spent);
      if (spent > budget)
        throw new TooSlow(`${spent.toFixed(1)} ms of processor time, each of ${REPETITIONS} times; ${budget} may be`);
    },
  };
  return meter;
}

async function timeOf(attempt: Attempt): Promise<number> {
  const run = await attempt();
  const started = process.threadCpuUsage();
  await run();
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1000;
}
