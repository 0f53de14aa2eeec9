// Interleaved rounds: in each, every row gets a short turn, in an order of chance, so that whatever else the machine does meets all of them
// alike. Many short turns say more than a few long ones. Medians of the rounds.

import type { Contender } from './contenders.ts';
import { type Outcome, percentile, putLoad } from './load.ts';

export interface Measured {
  readonly name: string;
  /** Requests per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the worker's process for each request. */
  readonly cpu: number;
  /** Of the yardstick's rate, p99 and CPU in the same round. */
  readonly rateRatio: number;
  readonly p99Ratio: number;
  readonly cpuRatio: number;
}

export interface Rounds {
  readonly rounds: number;
  /** Milliseconds of one row's turn. */
  readonly turn: number;
  readonly connections: number;
  /** The row that the others are compared with. */
  readonly yardstick?: string;
}

/** Milliseconds. */
const WARM_UP = 1500;

interface Turn extends Outcome {
  readonly cpu: number;
}

export async function measure(contenders: readonly Contender[], options: Rounds): Promise<Measured[]> {
  const turns = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  // The first round is thrown away: the compiler is still at work.
  for (const contender of contenders) await takeTurn(contender, options, WARM_UP);
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of shuffled(contenders))
      turns.get(contender.name)?.push(await takeTurn(contender, options, options.turn));
  }
  const yardstick = turns.get(options.yardstick ?? contenders[0]?.name ?? '') ?? [];
  return contenders.map(({ name }) => summary(name, turns.get(name) ?? [], yardstick));
}

async function takeTurn(
  { worker, path, headers }: Contender,
  { connections }: Rounds,
  duration: number,
): Promise<Turn> {
  const before = worker.cpu();
  const outcome = await putLoad({ port: worker.port, path, headers, connections, duration });
  return { ...outcome, cpu: worker.cpu() - before };
}

function summary(name: string, turns: readonly Turn[], yardstick: readonly Turn[]): Measured {
  const rate = ({ requests, took }: Turn) => (requests * 1000) / took;
  const p99 = (turn: Turn) => percentile(turn, 0.99);
  const ratio = (value: (turn: Turn) => number) =>
    median(turns.map((turn, round) => value(turn) / value(yardstick[round] as Turn)));
  return {
    name,
    rate: median(turns.map(rate)),
    p50: median(turns.map((turn) => percentile(turn, 0.5))),
    p99: median(turns.map(p99)),
    cpu: cpuOf(turns),
    rateRatio: ratio(rate),
    p99Ratio: ratio(p99),
    cpuRatio: cpuOf(turns) / cpuOf(yardstick),
  };
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function cpuOf(turns: readonly Turn[]): number {
  const total = (value: (turn: Turn) => number) => turns.reduce((sum, turn) => sum + value(turn), 0);
  return (total(({ cpu }) => cpu) * 1e6) / total(({ requests }) => requests);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
