// What is said of a request by headers that anybody may have had a hand in: whole and agreeing, or nothing.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAskedRequest } from '../../src/policy/asked-request.ts';

const OWN = new URL('https://app.example.com/auth/check');
const NAMES = ['x-original-method', 'x-original-uri', 'x-forwarded-method', 'x-forwarded-uri', 'x-forwarded-host'];
const VALUES = [
  'GET',
  'POST',
  'get',
  '',
  '/',
  '/a?b',
  '//b/c',
  '/a, /b',
  'https://app.example.com/a',
  'http://x',
  'a@b',
];
const value = fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: 'grapheme-ascii', maxLength: 12 }));
const headers = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 6 })
  .map((fields) => new Headers(fields as [string, string][]));

describe('parseAskedRequest', () => {
  it('gives a method, a URL and a path that a request could have, or nothing', () => {
    fc.assert(
      fc.property(headers, (said) => {
        const asked = parseAskedRequest(said, OWN);
        if (!asked) return;
        expect(asked.method).toMatch(/^[A-Z][A-Z-]*$/);
        expect(asked.path).toMatch(/^\/[!-~]*$/);
        expect(asked.path).not.toContain('?');
        const url = new URL(asked.url);
        expect([url.protocol, url.username, url.password]).toEqual(['https:', '', '']);
      }),
      { numRuns: 2_000 },
    );
  });

  it('another word on anything that was said already makes it nothing, or changes nothing', () => {
    fc.assert(
      fc.property(headers, fc.constantFrom(...NAMES.slice(0, 4)), value, (said, name, added) => {
        const before = parseAskedRequest(said, OWN);
        if (!before) return;
        const more = new Headers(said);
        more.append(name, added);
        const after = parseAskedRequest(more, OWN);
        if (after) expect(after).toEqual(before);
      }),
      { numRuns: 2_000 },
    );
  });
});
