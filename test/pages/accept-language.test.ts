// Accept-Language: RFC 9110 §12.5.4 and §12.4.2.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLanguage } from '../../src/pages/accept-language.ts';
import { LANGUAGES } from '../../src/pages/languages.ts';

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

describe('RFC 4647 §3.4 lookup among the languages there are', () => {
  it.each([
    ['de-CH,de;q=0.9,en;q=0.8', 'de-CH', 'de-CH'],
    ['de-LI', 'de-CH', 'de-LI'],
    ['de-Latn-CH-1996', 'de-CH', 'de-CH'],
    ['de-AT,de;q=0.9', 'de', 'de-AT'],
    ['de', 'de', 'de'],
    ['pt', 'pt-BR', 'pt-BR'],
    ['pt-BR,pt;q=0.9', 'pt-BR', 'pt-BR'],
    ['pt-PT', 'pt-PT', 'pt-PT'],
    ['pt-AO,pt;q=0.9', 'pt-PT', 'pt-AO'],
    ['pt-Latn-MZ', 'pt-PT', 'pt-MZ'],
    ['zh', 'zh-Hans', 'zh-Hans'],
    ['zh-CN,zh;q=0.9', 'zh-Hans', 'zh-Hans-CN'],
    ['zh-SG', 'zh-Hans', 'zh-Hans-SG'],
    ['zh-Hans-HK', 'zh-Hans', 'zh-Hans-HK'],
    ['zh-TW,zh;q=0.9,en-US;q=0.8', 'zh-Hant', 'zh-Hant-TW'],
    ['zh-HK', 'zh-Hant', 'zh-Hant-HK'],
    ['zh-MO', 'zh-Hant', 'zh-Hant-MO'],
    ['zh-Hant', 'zh-Hant', 'zh-Hant'],
    ['zh-cmn-Hant-TW', 'zh-Hant', 'zh-Hant'],
    ['en-GB,en-US;q=0.9,en;q=0.8', 'en', 'en-GB'],
    ['en-US,en;q=0.5', 'en', 'en-US'],
    ['es-419,es;q=0.9', 'es', 'es-419'],
    ['fr-CA', 'fr', 'fr-CA'],
    ['sv-FI', 'sv', 'sv-FI'],
    ['nb-NO,nb;q=0.9,sv;q=0.5,en;q=0.4', 'sv', 'sv'],
    ['da, no;q=0.9', 'en', 'en'],
    ['da, no;q=0.9, *;q=0.1', 'en', 'en'],
    ['sr-Latn, ru;q=0.1', 'ru', 'ru'],
    ['de-DE, de-CH;q=0.5', 'de', 'de-DE'],
    ['ptx, zhx;q=0.9, dex-CH;q=0.8, uk;q=0.1', 'uk', 'uk'],
  ])('%s is read in %s, and written as in %s', (header, language, locale) => {
    expect(chooseLanguage(header, LANGUAGES)).toEqual({ language, locale });
  });

  it('names a locale that the runtime knows, whatever the header says', () => {
    const tags = fc.constantFrom('de', 'pt', 'zh', 'en', 'ar', 'x', 'ch', '419', 'hant', 'u', 'ca', 'a', '1996', 'zz');
    fc.assert(
      fc.property(fc.array(tags, { maxLength: 6 }), (parts) => {
        const { language, locale } = chooseLanguage(parts.join('-'), LANGUAGES);
        expect(LANGUAGES).toContain(language);
        expect(() => new Intl.DateTimeFormat(locale)).not.toThrow();
      }),
    );
  });
});
