// The counts of this isolate: collected in memory from its events, handed over to one object that sums them, every ten seconds at most.
// Promise 11: no request waits for storage. Isolates can't see each other, so one object has to add up their counts.

import type { Emit } from './request-event.ts';
import { type Counts, countEvent } from './series.ts';

/** The one object that sums. */
export interface Counters {
  addCounts(counts: Counts): Promise<unknown>;
  readCounts(): Promise<Counts>;
}

export interface Metrics {
  readonly emit: Emit;
  /** The sums, with what this isolate has. */
  read(): Promise<Counts>;
}

interface MetricsDependencies {
  readonly emit: Emit;
  /** A stub serves one request only: each hand-over opens its own. */
  readonly open: () => Counters;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
  /** Milliseconds. */
  readonly sleep?: (duration: number) => Promise<unknown>;
}

/**
 * Seconds between two hand-overs; less than what the runtime grants a task after the answer. A request that comes sooner waits for the
 * rest, so that its own count is not lost; should its task be cut off, the next event after that moment hands over.
 */
const FLUSH_INTERVAL = 10;

export function createMetrics(dependencies: MetricsDependencies): Metrics {
  const { emit, open, now, waitUntil, sleep = wait } = dependencies;
  let counts: Counts = {};
  /** When the next hand-over may begin. */
  let nextAt = 0;
  let isWaiting = false;

  async function flush(): Promise<void> {
    const handedOver = counts;
    counts = {};
    isWaiting = false;
    nextAt = now() + FLUSH_INTERVAL;
    await handOver(handedOver, dependencies);
  }

  function schedule(mayWait: boolean): void {
    const rest = nextAt - now();
    if (rest <= 0) {
      waitUntil(flush());
    } else if (mayWait && !isWaiting) {
      isWaiting = true;
      waitUntil(sleep(rest * 1000).then(flush));
    }
  }

  return {
    emit(event) {
      emit(event);
      countEvent(counts, event);
      // A user's object is paid for by the time it is awake, so it does not wait: its counts go with the next event.
      schedule(event.event === 'request');
    },
    async read() {
      await flush();
      return open().readCounts();
    },
  };
}

/** Not tried again: nobody knows whether a call that failed was counted. */
async function handOver(counts: Counts, { emit, open }: MetricsDependencies): Promise<void> {
  try {
    await open().addCounts(counts);
  } catch (error) {
    emit({ event: 'counts_lost', level: 'warn', reason: (error as Error).message });
  }
}

const wait = (duration: number) => new Promise((resolve) => setTimeout(resolve, duration));

interface Storage {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
}

const COUNTS = 'counts';
/** A value in storage has 2 MB at most. This is some 1,500 sites; what further ones would add is not counted. */
const MOST_SERIES = 8_000;

/** In the object that sums. */
export function sumCounts(storage: Storage, counts: Counts, now: number): void {
  const sums = loadCounts(storage);
  let room = MOST_SERIES - Object.keys(sums).length;
  for (const [key, by] of Object.entries({ ...counts, flushes_total: 1 }))
    if (Object.hasOwn(sums, key) || room-- > 0 || !key.startsWith('site_')) sums[key] = (sums[key] ?? 0) + by;
  sums['counting_since_seconds'] ??= now;
  storage.put(COUNTS, sums);
}

export const loadCounts = (storage: Storage) => (storage.get(COUNTS) ?? {}) as Counts;
