// Decoding once more what has been decoded already: whatever can be decoded is, whatever can't be stays, overlong forms are nonsense.
// ARCHITECTURE §1 One request, every reading; RFC 3629 §3, §4.

import { describe, expect, it } from 'vitest';
import { decodeLeniently, keepEncodedSlashes } from '../../src/policy/percent-decoding.ts';
import { decodeStrictly } from '../../src/shared/path-text.ts';

/** A literal percent in front: with it the path can't be decoded as a whole. */
function decodedBehindPercent(encoded: string): string | undefined {
  return decodeLeniently(`/100%/${encoded}`)?.replace('/100%/', '');
}

describe('RFC 3629 §3: what is UTF-8 is decoded, with a literal percent about', () => {
  it.each([
    ['one byte', '%41', 'A'],
    ['one after the other', '%41%42x%43', 'ABxC'],
    ['digits and letters of both cases', '%39%4a%4F', '9JO'],
    ['the last of one byte', '%7ex', '~x'],
    ['the first of two bytes', '%c2%80x', '\u0080x'],
    ['two bytes', '%c3%a9x', 'éx'],
    ['the last of two bytes', '%df%bfx', '\u07ffx'],
    ['the first of three bytes', '%e0%a0%80x', '\u0800x'],
    ['three bytes', '%e2%82%acx', '€x'],
    ['the last before the surrogates', '%ed%9f%bfx', '\ud7ffx'],
    ['the first behind the surrogates', '%ee%80%80x', '\ue000x'],
    ['the last of three bytes', '%ef%bf%bfx', '\uffffx'],
    ['the first of four bytes', '%f0%90%80%80x', '\u{10000}x'],
    ['four bytes', '%f0%9f%94%91x', '🔑x'],
    ['the last of all', '%f4%8f%bf%bfx', '\u{10ffff}x'],
    ['IIS', '%u0061x', 'ax'],
    ['IIS, in capitals', '%U0061x', 'ax'],
    ['control characters, which its caller refuses', '%00%01%02', '\0\u0001\u0002'],
  ])('%s: %s', (_what, encoded, decoded) => {
    expect(decodedBehindPercent(encoded)).toBe(decoded);
  });
});

describe('RFC 3629 §3: what is no UTF-8 stays as it is', () => {
  it.each([
    ['no digits', '%zz'],
    ['one digit', '%4'],
    ['a byte that begins nothing', '%80'],
    ['two of them', '%80%80'],
    ['a beginning without an end', '%c3'],
    ['a beginning and something else', '%c3%41'.replace('%41', 'A')],
    ['a second byte that is not encoded', '%c3xa9'],
    ['a second byte that continues nothing', '%c3%c3'],
    ['half of three bytes', '%e2%82'],
    ['the first surrogate', '%ed%a0%80'],
    ['the last surrogate', '%ed%bf%bf'],
    ['beyond Unicode', '%f4%90%80%80'],
    ['five bytes', '%f8%80%80%80%80'],
    ['IIS with too few digits', '%u061'],
  ])('%s: %s', (_what, encoded) => {
    expect(decodedBehindPercent(encoded)).toBe(encoded);
  });
});

describe('RFC 3629 §4: more bytes than needed are nonsense', () => {
  it.each([
    ['/ in two bytes', '%c0%af'],
    ['the last of one byte in two', '%c1%bf'],
    ['/ in three bytes', '%e0%80%af'],
    ['the last of two bytes in three', '%e0%9f%bf'],
    ['/ in four bytes', '%f0%80%80%af'],
    ['the last of three bytes in four', '%f0%8f%bf%bf'],
  ])('%s: %s', (_what, encoded) => {
    expect(decodedBehindPercent(encoded)).toBeUndefined();
  });
});

describe('RFC 3986 §2.1', () => {
  it('as sent, a path is UTF-8 and every percent is followed by two digits', () => {
    expect(decodeStrictly('/k%C3%A4se')).toBe('/käse');
    for (const path of ['/%', '/%4', '/%4g', '/%zz', '/%e9', '/%u0061']) expect(decodeStrictly(path)).toBeUndefined();
  });

  it('routers that split first keep an encoded slash, in either spelling', () => {
    expect(keepEncodedSlashes('/a%2fb%2Fc%2e')).toBe('/a%252Fb%252Fc%2e');
  });
});
