// The tests of one area, as Stryker runs them.

import { defineConfig } from 'vitest/config';
import { textModules } from '../support/text-modules.ts';
import { askedArea } from './areas.ts';

export default defineConfig({
  plugins: [textModules],
  test: { include: [...askedArea().tests], testTimeout: 60_000 },
});
