// What reads the words of visitors, applications and operators.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readingsOf } from '../../src/policy/readings.ts';
import { caller, judge, rulesOf } from '../policy/build.ts';
import { bytePath, path } from './generate/paths.ts';
import { decisions, passesAsBytes } from './parsers/paths.ts';
import { runTargets } from './run-targets.ts';
import { PARSERS } from './targets.ts';

runTargets(PARSERS);

it('hostile paths are mostly read, not refused for their number of readings', () => {
  const paths = fc.sample(path, { numRuns: 2_000, seed: 1 });
  const refused = paths.map(readingsOf).filter((read) => !read.ok && read.reason === 'too many readings');
  expect(refused.length).toBeLessThan(paths.length / 50);
});

it('the slow model is not compared on refusals only', () => {
  const kinds = fc.sample(decisions, { numRuns: 200, seed: 1 }).flatMap(({ routes, paths, method, who }) => {
    const asking = who && caller(who.roles, { amr: who.amr });
    return paths.map((each) => judge(rulesOf(...routes), each, asking, { method }).kind);
  });
  expect(kinds.filter((kind) => kind === 'allow').length).toBeGreaterThan(kinds.length / 20);
});

it('paths that are no UTF-8 pass where a rule takes them', () => {
  const passing = fc.sample(bytePath, { numRuns: 2_000, seed: 1 }).filter(passesAsBytes);
  expect(passing.length).toBeGreaterThan(200);
});
