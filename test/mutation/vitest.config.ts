// The tests of one area, as Stryker runs them.

import { defineConfig } from 'vitest/config';
import { askedArea } from './areas.ts';

export default defineConfig({
  test: { include: [...askedArea().tests], testTimeout: 60_000 },
});
