// The Authorization header as it is read. RFC 6750 §2.1; RFC 9110 §11.4.

import { describe, expect, it } from 'vitest';
import { claimsBearer, parseAuthorization } from '../../../src/oidc/bearer/authorization-header.ts';
import { bearerErrorOf } from '../../../src/oidc/tokens/token-refusal.ts';

const MALFORMED: Record<string, string> = {
  'no token': 'Bearer',
  'an empty token': 'Bearer ',
  'only padding': 'Bearer =',
  'two tokens': 'Bearer aaa bbb',
  'a quoted token': 'Bearer "aaa"',
  'a colon after the scheme': 'Bearer: aaa',
  'a tab after the scheme': 'Bearer\taaa',
  'a non-breaking blank after the scheme': 'Bearer\u00a0aaa',
  'padding in the middle': 'Bearer aa=aa',
  'a percent sign': 'Bearer aa%2Eaa',
  'a non-ASCII letter': 'Bearer aäa',
  'a NUL': 'Bearer aa\0a',
  'a line break': 'Bearer aaa\nX: y',
  'two header lines': 'Bearer aaa, Bearer bbb',
  'two equal header lines': 'Bearer aaa, Bearer aaa',
  'two lines joined without a blank': 'Bearer aaa,Bearer bbb',
  'another scheme in a second line': 'Bearer aaa, Basic YTpi',
  'another scheme in the first line': 'Basic YTpi, Bearer aaa',
  'an empty first line': ', Bearer aaa',
  'a line without a token between others': 'Basic YTpi, Bearer, Basic YTpi',
  'a trailing comma': 'Bearer aaa,',
  'an access_token parameter': 'Bearer access_token="aaa"',
};

describe('parseAuthorization', () => {
  it('RFC 6750 §2.1 takes one token of b64token characters', () => {
    for (const token of ['aaa', 'a.b-c_d~e+f/g', 'YWFh==', 'a'.repeat(16_000)]) {
      expect(parseAuthorization(`Bearer ${token}`)).toEqual({ kind: 'token', token });
    }
  });

  it('RFC 9110 §11.1 reads the scheme in any case, with several blanks behind it', () => {
    for (const scheme of ['bearer', 'BEARER', 'bEaReR']) {
      expect(parseAuthorization(`${scheme}   aaa`)).toEqual({ kind: 'token', token: 'aaa' });
    }
  });

  it('finds none without a header', () => {
    expect(parseAuthorization(null)).toEqual({ kind: 'none' });
    expect(parseAuthorization('')).toEqual({ kind: 'none' });
  });

  it('finds none under another scheme: only Bearer is Bearer', () => {
    const others = [
      'Basic YTpi',
      'Digest username="a, b"',
      'DPoP aaa',
      'Token aaa',
      'BearerX aaa',
      'Bearer-Token aaa',
      'aaa',
    ];
    for (const header of [...others, 'Negotiate bearer', 'Custom a=1, bearer=2']) {
      expect(parseAuthorization(header), header).toEqual({ kind: 'none' });
    }
  });

  it.each(Object.entries(MALFORMED))('RFC 6750 §3.1 refuses %s', (_name, header) => {
    expect(parseAuthorization(header).kind).toBe('refused');
  });

  it('refuses a header longer than 64 KB', () => {
    const longest = 'a'.repeat(65_536 - 'Bearer '.length);
    expect(parseAuthorization(`Bearer ${longest}`)).toEqual({ kind: 'token', token: longest });
    expect(parseAuthorization(`Bearer ${longest}a`)).toEqual({
      kind: 'refused',
      refusal: { of: 'bearer_token', problem: 'too_long' },
    });
  });
});

describe('RFC 6750 §3.1: one token that can be none is invalid_token, everything else invalid_request', () => {
  const NO_TOKEN = { of: 'authorization', problem: 'not_one_token' } as const;
  const SEVERAL = { of: 'authorization', problem: 'several_values' } as const;
  const NO_CHARACTERS = { of: 'bearer_token', problem: 'bad_characters' } as const;

  it.each([
    ['Bearer', 'invalid_request', NO_TOKEN],
    ['Bearer ', 'invalid_request', NO_TOKEN],
    ['Bearer: aaa', 'invalid_request', NO_TOKEN],
    ['Bearer aa%2E bbb', 'invalid_request', NO_TOKEN],
    ['Bearer aaa\u00a0', 'invalid_request', NO_TOKEN],
    ['\u00a0Bearer aaa', 'invalid_request', NO_TOKEN],
    ['\u00a0Bearer aa%', 'invalid_request', NO_TOKEN],
    ['Bearer aaa, Bearer bbb', 'invalid_request', SEVERAL],
    ['Bearer aaa,', 'invalid_request', SEVERAL],
    ['Basic YTpi,Bearer aaa', 'invalid_request', SEVERAL],
    ['Basic YTpi,  Bearer aaa', 'invalid_request', SEVERAL],
    ['Basic YTpi, Bearer', 'invalid_request', SEVERAL],
    ['Bearer aa%2Eaa', 'invalid_token', NO_CHARACTERS],
    ['Bearer   aa%2Eaa', 'invalid_token', NO_CHARACTERS],
    ['bearer "aaa"', 'invalid_token', NO_CHARACTERS],
  ])('%j: %s', (header, error, refusal) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'refused', refusal });
    expect(bearerErrorOf(refusal)).toBe(error);
  });

  it.each(['xbearer aaa', 'xBearer', 'Basic bearer aaa'])('%j is another scheme’s', (header) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'none' });
  });
});

describe('ARCHITECTURE §3: whose business the header is', () => {
  it.each([
    ['Bearer aaa', true],
    ['Bearer', true],
    ['Basic YTpi, Bearer aaa', true],
    ['Basic YTpi', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (header, isOurs) => {
    expect(claimsBearer(header)).toBe(isOurs);
  });
});
