// `doctor`: each planted fault is found, alone, and its cure is named.

import { describe, expect, it } from 'vitest';
import { createBed } from '../doctor-bed.ts';
import { FAULTS } from './planted-faults.ts';

describe('doctor fails for each fault that is planted alone, finds it by its check, and names the cure', () => {
  it.each(FAULTS)('$name', async ({ plant, check, cure, args = [], also = [] }) => {
    const bed = createBed();
    await plant(bed);
    const { code, findings } = await bed.run(...args);
    expect(code).toBe(1);
    const found = findings.filter(({ status }) => status === 'failed');
    expect(new Set(found.map((each) => each.check))).toEqual(new Set([check, ...also]));
    expect(
      found
        .filter((each) => each.check === check)
        .map((each) => each.cure)
        .join('\n'),
    ).toMatch(cure);
  });
});
