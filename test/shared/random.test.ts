// Random digits for secrets, ids and traces.

import { expect, it } from 'vitest';
import { randomHex } from '../../src/shared/random.ts';

it.each([1, 8, 16, 32])('%i random bytes are two lower-case digits each, and never the same twice', (bytes) => {
  const values = Array.from({ length: 50 }, () => randomHex(bytes));
  for (const value of values) expect(value).toMatch(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
  if (bytes >= 8) expect(new Set(values).size).toBe(50);
});

it('every digit is random: none is that of a UUID version', () => {
  const values = Array.from({ length: 400 }, () => randomHex(16));
  for (let place = 0; place < 32; place++) expect(new Set(values.map((value) => value[place])).size).toBe(16);
});
