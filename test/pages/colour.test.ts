// Any brand colour leaves every text readable: WCAG 2.2 §1.4.3.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, createPalette } from '../../src/pages/colour.ts';

const rgb = (hex: string): [number, number, number] => {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  return [1, 3, 5].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as [number, number, number];
};
const between = (one: string, other: string) => contrast(rgb(one), rgb(other));

describe('createPalette', () => {
  it('measures contrast as WCAG does', () => {
    expect(between('#000000', '#ffffff')).toBeCloseTo(21);
    expect(between('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('gives at least 4.5:1 for any colour, on every ground of both schemes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (number) => {
        const brand = `#${number.toString(16).padStart(6, '0')}`;
        const palette = createPalette(brand);
        expect(palette.brand).toBe(brand);
        expect(between(palette.brand, palette.onBrand)).toBeGreaterThanOrEqual(4.5);
        for (const ground of ['#ffffff', '#f4f6f8', '#eef1f4']) {
          expect(between(palette.accentLight, ground)).toBeGreaterThanOrEqual(4.5);
        }
        for (const ground of ['#0e1116', '#181c22', '#262c34']) {
          expect(between(palette.accentDark, ground)).toBeGreaterThanOrEqual(4.5);
        }
      }),
    );
  });

  it.each(['#FA0', '#fa0', '#ffaa00'])('reads %s', (colour) => {
    expect(createPalette(colour).brand).toBe('#ffaa00');
  });

  it.each(['', 'red', '#12345', '#gggggg', '#1234567', '#-1-1-1', '#fff}', '# 1 2 3'])(
    'takes the default for %j',
    (colour) => {
      expect(createPalette(colour)).toEqual(createPalette());
    },
  );
});
