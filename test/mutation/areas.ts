// What is broken on purpose, and which tests have to notice it. The random tests (test/property) are left out on purpose: a mistake that
// only chance finds should have an example, too, and a score should be the same tomorrow.

export interface Area {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

export const AREAS: Readonly<Record<string, Area>> = {
  policy: {
    mutate: ['src/policy/*.ts', 'src/shared/path-text.ts'],
    tests: ['test/policy/**/*.test.ts', 'test/shared/path-text.test.ts'],
  },
  session: { mutate: ['src/session/session.ts'], tests: ['test/session/**/*.test.ts'] },
  oidc: {
    mutate: [
      'src/oidc/**/*.ts',
      ...['bounded-map', 'budget', 'expiring-map', 'single-flight', 'under-way'].map(
        (name) => `src/shared/isolate/${name}.ts`,
      ),
    ],
    tests: ['test/oidc/**/*.test.ts', 'test/shared/**/*.test.ts'],
  },
};

/** The area that `npm run mutate` is at; it hands the name down to Stryker, and Stryker to vitest. */
export function askedArea(): Area & { readonly name: string } {
  const name = process.env['MUTATION_AREA'] ?? 'policy';
  const area = AREAS[name];
  if (!area) throw new Error(`There is no area "${name}", only ${Object.keys(AREAS).join(', ')}`);
  return { name, ...area };
}
