// A user's object is wired in one place, so that every test runs what is deployed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { listFiles } from '../support/list-files.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const CONSTRUCTION = /new UserSessionsLogic\(/;

it('only user-object/create.ts constructs the logic of a user’s object, in production, tests and benchmarks alike', () => {
  const places = ['src', 'test', 'bench', 'cli', 'build'].flatMap((folder) =>
    listFiles(join(ROOT, folder))
      .filter((file) => file.endsWith('.ts') && file !== 'user-object/wiring.test.ts')
      .filter((file) => CONSTRUCTION.test(readFileSync(join(ROOT, folder, file), 'utf8')))
      .map((file) => join(folder, file)),
  );
  expect(places).toEqual(['src/user-object/create.ts']);
});
