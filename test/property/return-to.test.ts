// Whatever is given as a place to return to: what comes out is a place of ours, and stays the same place when it is given again.
// Design §2 `return_to`; RFC 9700 §4.11.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReturnTo } from '../../src/policy/return-to.ts';

const ORIGIN = 'https://app.example.com';
const pieces = [
  '/',
  '\\',
  '.',
  '..',
  '%2f',
  '%5c',
  '%2e',
  '%09',
  '%20',
  ' ',
  '\t',
  '\n',
  '@',
  ':',
  '?',
  '#',
  ';',
  '//',
  'https:',
];
const words = [
  'evil.example',
  'app.example.com',
  'a',
  'auth',
  'login',
  'javascript:',
  '%25',
  '%2561',
  'ä',
  '[::1]',
  '\u3002',
  '\uff0f',
];

const targets = fc.oneof(
  fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 10 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 10 }).map((parts) => `/${parts.join('')}`),
  fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 10 }).map((parts) => `${ORIGIN}${parts.join('')}`),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `/${text}`),
);

describe('RFC 9700 §4.11: no open redirector', () => {
  it('leads nowhere but to our own origin, as a browser reads it and decoded once or twice', () => {
    fc.assert(
      fc.property(targets, (value) => {
        const target = parseReturnTo(value, ORIGIN, '/auth');
        if (target === undefined) return;
        expect(target).toMatch(/^\/(?![/\\])/);
        const [path = ''] = target.split(/[?#]/);
        for (const read of [target, decodeAll(path), decodeAll(decodeAll(path))]) {
          expect(URL.parse(read, ORIGIN)?.origin).toBe(ORIGIN);
        }
        expect(parseReturnTo(target, ORIGIN, '/auth')).toBe(target);
      }),
      { numRuns: 10_000 },
    );
  });

  it('keeps every honest path with its query and fragment', () => {
    const segment = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_~!$&()*+,=:@äé日'), minLength: 1, maxLength: 8 });
    const path = fc
      .array(segment, { minLength: 1, maxLength: 5 })
      .map((segments) => `/x/${segments.map(encodeURIComponent).join('/')}`);
    const query = fc.webQueryParameters().map((text) => `?q${text}`);
    fc.assert(
      fc.property(path, fc.constantFrom('', '#part'), query, (written, fragment, search) => {
        const { href } = new URL(written + search + fragment, ORIGIN);
        expect(parseReturnTo(href, ORIGIN, '/auth')).toBe(href.slice(ORIGIN.length));
      }),
      { numRuns: 2000 },
    );
  });
});

function decodeAll(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
