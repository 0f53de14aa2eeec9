// What a `*` takes, and which bytes spell a prefix: rules, their order and strip_prefix all ask here.
// ARCHITECTURE §1 Routes, fields `path` and `strip_prefix`.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGlobMatch, spelledPrefix } from '../../src/shared/path-text.ts';

const matches = (pattern: string, segment: string) => isGlobMatch(pattern.split('*'), segment);

describe('`*` takes any number of a segment’s characters', () => {
  it.each([
    ['a*', 'a', true],
    ['a*', 'ba', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['*', '', true],
    ['a*b', 'ab', true],
    ['a*b', 'axxb', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'axbyc', true],
    ['a*b*c', 'acb', false],
    ['a*bb*bc', 'abbc', false],
    ['a*bb*bc', 'abbbc', true],
    ['a', 'a', true],
    ['a', 'ab', false],
  ])('%s on %s: %s', (pattern, segment, expected) => expect(matches(pattern, segment)).toBe(expected));

  it('and says what a regular expression with the same meaning says', () => {
    const text = (signs: string) => fc.string({ unit: fc.constantFrom(...signs), maxLength: 7 });
    fc.assert(
      fc.property(text('ab*'), text('ab'), (pattern, segment) => {
        const meaning = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's');
        expect(matches(pattern, segment)).toBe(meaning.test(segment));
      }),
      { seed: 18, numRuns: 2000 },
    );
  });
});

describe('strip_prefix takes away the bytes that spell the prefix', () => {
  it.each([
    ['/api/x', '/api', '/api'],
    ['/%61pi/x', '/api', '/%61pi'],
    ['/api?q', '/api', '/api'],
    ['/v1/x', '/v*', '/v1'],
    ['/v%2a/x', '/v*', '/v%2a'],
    ['//api/x', '/api', undefined],
    ['/apix', '/api', undefined],
    ['/ap%69%', '/api', undefined],
    ['/v%e9/x', '/v*', '/v%e9'],
    ['/a', '/a/*', undefined],
  ])('of %s, %s: %s', (raw, prefix, expected) => expect(spelledPrefix(raw, prefix)).toBe(expected));
});
