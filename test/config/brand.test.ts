// What the gateway’s pages look like.
// ARCHITECTURE §1.

import { describe, expect, it } from 'vitest';
import { configOf, issueOf } from './environment.ts';

describe('the gateway’s pages', () => {
  it('take name, colour and logo', () => {
    const brand = configOf({ BRAND_NAME: ' Käse & Co. ', BRAND_COLOR: '#2F5d50', BRAND_LOGO_URL: '/logo.svg' }).brand;
    expect(brand).toEqual({ name: 'Käse & Co.', color: '#2F5d50', logoUrl: '/logo.svg' });
  });

  it.each(['#abc', '#aabbcc'])('take the colour %s', (BRAND_COLOR) => {
    expect(configOf({ BRAND_COLOR }).brand.color).toBe(BRAND_COLOR);
  });

  it.each(['red', 'abc', '#abcd', '#ggg', '#abc;color:red', 'rgb(1,2,3)', '#abc\n'])(
    'refuse the colour %j',
    (BRAND_COLOR) => {
      expect(issueOf({ BRAND_COLOR }).variable).toBe('BRAND_COLOR');
    },
  );

  it.each(['https://cdn.example.com/a.svg', '/a.svg', 'https://app.example.com/a.svg'])(
    'take the logo %s',
    (BRAND_LOGO_URL) => {
      expect(configOf({ BRAND_LOGO_URL }).brand.logoUrl).toBe(BRAND_LOGO_URL);
    },
  );

  it.each(['http://cdn.example.com/a.svg', '//cdn.example.com/a.svg', 'data:image/svg+xml,x', 'a.svg', 'javascript:x'])(
    'refuse the logo %s',
    (BRAND_LOGO_URL) => {
      expect(issueOf({ BRAND_LOGO_URL }).variable).toBe('BRAND_LOGO_URL');
    },
  );

  it.each(['x'.repeat(81), 'a\nb', 5])('refuse the name %j', (BRAND_NAME) => {
    expect(issueOf({ BRAND_NAME }).variable).toBe('BRAND_NAME');
  });
});
