// Runs targets as tests: few cases, always the same ones.

import fc from 'fast-check';
import { it } from 'vitest';
import { carryOutOnce, type Target } from './target.ts';

const SEED = 20_261_121;

export function runTargets(targets: readonly Target[]): void {
  for (const target of targets) {
    it(`${target.name}: ${target.promise}`, () =>
      fc.assert(target.property(carryOutOnce) as fc.IAsyncProperty<unknown>, { seed: SEED, numRuns: target.runs }));
  }
}
