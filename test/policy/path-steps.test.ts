// The steps beside decoding, each by itself. ARCHITECTURE §1 One request, every reading; RFC 3986 §5.2.4.

import { describe, expect, it } from 'vitest';
import { dropTrailingDots, resolveDots } from '../../src/policy/path-steps.ts';

describe('RFC 3986 §5.2.4: dots', () => {
  it.each([
    ['/a/./b', '/a/b'],
    ['/a/b/../c', '/a/c'],
    ['/a/.', '/a/'],
    ['/a/b/..', '/a/'],
    ['/a/..', '/'],
    ['/.', '/'],
    ['/a//../b', '/a/b'],
    ['/a/..b/.c/d.', '/a/..b/.c/d.'],
    ['/a/.../b', '/a/.../b'],
    ['/..', undefined],
    ['/a/../..', undefined],
  ])('%s: %s', (path, resolved) => {
    expect(resolveDots(path)).toBe(resolved);
  });
});

describe('ARCHITECTURE §1: trailing dots and blanks', () => {
  it.each([
    ['/a./x', '/a/x'],
    ['/ab./x', '/ab/x'],
    ['/a.', '/a'],
    ['/a /x ', '/a/x'],
    ['/a. . ./', '/a/'],
    ['/ä./x', '/ä/x'],
    ['/a\u00a0/x', '/a/x'],
    ['/a\u3000./x', '/a/x'],
    ['/.a./x', '/.a/x'],
    ['/..a./x', '/..a/x'],
    ['/.../x', '//x'],
  ])('%j: %j', (path, trimmed) => {
    expect(dropTrailingDots(path)).toBe(trimmed);
  });

  it.each([
    ['/./x', '/./x'],
    ['/. /x', '/./x'],
    ['/../x', '/../x'],
    ['/.. /x', '/../x'],
    ['/x/..\u00a0', '/x/..'],
  ])('a segment of dots alone is the folder, or the one above: %j', (path, trimmed) => {
    expect(dropTrailingDots(path)).toBe(trimmed);
  });
});
