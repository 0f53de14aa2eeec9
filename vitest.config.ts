// Tests in four projects: unit (Node: pure functions, and the app in process), workerd (inside the runtime), contract (one suite over every store),
// e2e (the built worker in Miniflare, browsers, real applications).

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { textModules } from './test/support/text-modules.ts';

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [textModules],
        test: {
          name: 'unit',
          // Generous: how long a test takes says something about the machine, not about the code.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/contract/**', 'test/workerd/**'],
        },
      },
      {
        plugins: [
          cloudflareTest({ miniflare: { compatibilityDate: '2026-07-30', compatibilityFlags: ['nodejs_compat'] } }),
        ],
        test: { name: 'workerd', include: ['test/workerd/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        plugins: [textModules],
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [textModules],
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
