// The brand's mark and icon, whatever an operator calls the application.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBrand } from '../../src/pages/brand.ts';
import { createPalette } from '../../src/pages/colour.ts';

const brandOf = (name: string | undefined, logoUrl?: string) =>
  createBrand(
    { brand: { ...(name !== undefined && { name }), ...(logoUrl && { logoUrl }) }, origin: 'https://app.example.com' },
    createPalette('#2f5d50'),
  );
const drawing = (icon: string) => decodeURIComponent(icon.slice('data:image/svg+xml,'.length));

describe('createBrand', () => {
  it.each([
    ['Guest book', 'G'],
    ['éclair', 'É'],
    ['«42»', '4'],
    ['掲示板', '掲'],
    ['📚 Library', 'L'],
    [undefined, 'A'],
    ['📚', ''],
  ])('%j has the mark %j', (name, letter) => {
    const { look, icon } = brandOf(name);
    expect(look.text).toContain(`<span class="mark" aria-hidden="true">${letter}</span>`);
    expect(drawing(icon)).toContain(`text-anchor="middle">${letter}</text>`);
    expect(drawing(icon)).toContain('fill="#2f5d50"');
  });

  it('shows the logo in the mark’s place', () => {
    expect(brandOf('Guest book', '/logo.svg').look.text).toBe('<img src="/logo.svg" alt="Guest book">');
  });

  it('never makes an icon that is no URL, or that says more than a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const { icon } = brandOf(name);
        expect(icon).toMatch(/^data:image\/svg\+xml,[\w%.~!*'()-]+$/);
        expect(drawing(icon)).toMatch(/text-anchor="middle">(?:|[\p{L}\p{N}]{1,3}\p{M}*)<\/text><\/svg>$/u);
      }),
    );
  });
});
