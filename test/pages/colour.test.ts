// Any brand colour leaves every text readable: WCAG 2.2 §1.4.3.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, createPalette } from '../../src/pages/colour.ts';
import { DARK, LIGHT } from '../../src/pages/style.ts';

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

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('%s', (_scheme, colours) => {
  it.each<[keyof typeof LIGHT, keyof typeof LIGHT, number]>([
    ['text', 'ground', 4.5],
    ['text', 'card', 4.5],
    ['text', 'tint', 4.5],
    ['muted', 'ground', 4.5],
    ['muted', 'card', 4.5],
    ['muted', 'tint', 4.5],
    // WCAG 2.2 §1.4.11: signs and the edges of buttons.
    ['edge', 'card', 3],
    ['warn', 'warn-tint', 4.5],
    ['good', 'good-tint', 4.5],
  ])('%s can be told from %s', (one, other, ratio) => {
    expect(between(colours[one], colours[other])).toBeGreaterThanOrEqual(ratio);
  });

  it('a warning, a success and the text look different', () => {
    const { warn, good, text, muted } = colours;
    expect(new Set([warn, good, text, muted]).size).toBe(4);
  });
});
