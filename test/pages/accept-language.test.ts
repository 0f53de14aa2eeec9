// Accept-Language: RFC 9110 §12.5.4 and §12.4.2.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLanguage } from '../../src/pages/accept-language.ts';

const AVAILABLE = ['en', 'de', 'fr', 'ar'] as const;
const choose = (header: string | null) => chooseLanguage(header, [...AVAILABLE]).language;

describe('chooseLanguage', () => {
  it.each([
    [null, 'en', 'no header'],
    ['', 'en', 'an empty header'],
    ['de', 'de', 'a language'],
    ['DE-at', 'de', 'a region, in any case'],
    ['ar-Arab-EG-x-private', 'ar', 'a long tag'],
    ['zh-Hant, fr;q=0.3', 'fr', 'the next one where the first is missing'],
    ['fr;q=0.3, de;q=0.8', 'de', 'weights'],
    ['fr;q=0.8,de;q=0.8', 'fr', 'the first of equal weights'],
    ['de;q=0.000, fr;q=0.001', 'fr', 'weight 0 as a refusal'],
    ['de-AT;q=0, de;q=0.5', 'de', 'the best weight of a language'],
    ['de;q=0', 'en', 'only a refusal'],
    ['*', 'en', 'any language'],
    ['de;q=0.5, *;q=0.9', 'en', '* for what is not named'],
    ['en;q=0.1, *;q=0.9', 'de', '* not for what is named'],
    ['*;q=0, fr;q=0.1', 'fr', '* refused'],
    ['fr ; q=0.3 , de ; Q=0.8', 'de', 'blanks and a capital Q'],
    [',, ,de,', 'de', 'empty elements'],
    ['zh', 'en', 'a language that is not there'],
  ] as const)('%j gives %s: %s', (header: string | null, language: string, _why: string) => {
    expect(choose(header)).toBe(language);
  });

  it.each([
    'de;q=2',
    'de;q=-1',
    'de;q=',
    'de;q=0.1234',
    'de;q=1.001',
    'de;x=1',
    'de;q=1;q=1',
    'd€',
    'de_DE',
    '-de',
    '__proto__',
  ])('ignores the malformed %j and goes on', (part) => {
    expect(choose(`${part}, fr;q=0.1`)).toBe('fr');
    expect(choose(part)).toBe('en');
  });

  it('answers any text with a language that is there', () => {
    const signs = fc.constantFrom('de', 'fr', 'en', '*', '-', ';', ',', 'q=', '0.', '1', ' ', 'q=0');
    for (const unit of [signs, 'binary'] as const) {
      fc.assert(
        fc.property(fc.string({ unit }), (header) => {
          expect(AVAILABLE).toContain(choose(header));
        }),
      );
    }
  });

  it('takes time in proportion to the length', () => {
    const time = (header: string) => {
      const start = performance.now();
      choose(header);
      return performance.now() - start;
    };
    for (const part of ['a-', 'de,', 'de;', ';q=0.', 'x,', '*,', ' ']) {
      time(part.repeat(1000));
      expect(time(part.repeat(50_000))).toBeLessThan(500);
    }
  });
});
