// Mutation testing: the code is broken in every small way there is, one at a time, and the tests are asked whether they notice.
// `npm run mutate`, by hand. docs/quality.md has the scores, and what became of every mutant that lived.

import { askedArea } from './test/mutation/areas.ts';

const { name, mutate } = askedArea();

export default {
  mutate: [...mutate],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  // A mutant is shown to those tests only that reach it.
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 10_000,
  reporters: ['json', 'clear-text', 'progress-append-only'],
  jsonReporter: { fileName: `test-results/mutation/${name}.json` },
  clearTextReporter: { allowColor: false, allowEmojis: false, reportTests: false },
  ignorePatterns: ['.wrangler', 'bench', 'demo/app', 'dist', 'examples', 'test-results'],
  tempDirName: '.stryker-tmp',
  // There is nothing to rewrite in it for a copy of the tree, and Stryker can't read it with TypeScript 7.
  tsconfigFile: 'none',
};
