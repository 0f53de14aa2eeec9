// Goes round all targets until the time is over, or one of them fails. In a thread of its own, so that a case without end can be told.

import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import type { Target } from '../property/target.ts';
import { GATEWAY, PARSERS, PROVIDER } from '../property/targets.ts';
import { createMeter } from './meter.ts';
import type { FuzzOptions } from './options.ts';

export type Report =
  | { readonly kind: 'began'; readonly name: string; readonly seed: number }
  | { readonly kind: 'passed'; readonly name: string; readonly runs: number; readonly slowest: number }
  | {
      readonly kind: 'failed';
      readonly name: string;
      readonly seed: number;
      readonly path: string;
      readonly input: string;
      readonly reason: string;
    };

/** `progress[0]` counts cases of the present batch, for whoever watches. */
export interface WorkerData {
  readonly options: FuzzOptions;
  readonly progress: Int32Array;
}

/** Milliseconds that one target goes on before it is the next one's turn, and that a failure may be made smaller. */
const TURN = 1_000;
const SHRINKING = 15_000;

const { options, progress } = workerData as WorkerData;
const report = (message: Report) => parentPort?.postMessage(message);
const meant = [...PARSERS, ...PROVIDER, ...GATEWAY].filter(({ name }) => options.targets.includes(name));
const end = Date.now() + options.seconds * 1000;

if (options.path === undefined) await goRound();
else for (const target of meant) await passes(target, options.seed, Number.POSITIVE_INFINITY);

/** A target that has failed is left out of the next rounds. */
async function goRound(): Promise<void> {
  let going = meant;
  for (let seed = options.seed; going.length > 0; seed = (seed + 1) | 0) {
    for (const target of going) {
      const time = Math.min(TURN, (options.seconds * 1000) / meant.length, end - Date.now());
      if (time <= 0) return;
      if (!(await passes(target, seed, time))) going = going.filter((other) => other !== target);
    }
  }
}

async function passes(target: Target, seed: number, time: number): Promise<boolean> {
  report({ kind: 'began', name: target.name, seed });
  Atomics.store(progress, 0, 0);
  const meter = createMeter(target.budget, () => Atomics.add(progress, 0, 1));
  const property = target.property(meter.carryOut) as fc.IAsyncProperty<unknown>;
  const { path = '' } = options;
  const first = await fc.check(property, {
    seed,
    path,
    numRuns: path === '' ? Number.MAX_SAFE_INTEGER : 1,
    endOnFailure: true,
    ...(path === '' && { interruptAfterTimeLimit: time }),
  });
  // The first case of a target may take all its time to get ready.
  if (!first.failed || (first.interrupted && first.counterexample === null)) {
    report({ kind: 'passed', name: target.name, runs: first.numRuns, slowest: meter.slowest });
    return true;
  }
  const found = first.counterexamplePath ?? '0';
  const shrunk = await fc.check(property, { seed, path: found, interruptAfterTimeLimit: SHRINKING });
  const smallest = shrunk.failed && shrunk.counterexample !== null ? shrunk : first;
  const error = (smallest.errorInstance ?? first.errorInstance) as Error | undefined;
  report({
    kind: 'failed',
    name: target.name,
    seed,
    path: smallest.counterexamplePath ?? found,
    input: fc.stringify((smallest.counterexample as readonly unknown[] | null)?.[0]),
    reason: error?.stack ?? String(error),
  });
  return false;
}
