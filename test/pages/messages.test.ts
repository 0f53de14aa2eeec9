// Every language says everything.

import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultCode } from '../../src/errors.ts';
import { directionOf, LANGUAGES, type Language } from '../../src/pages/languages.ts';
import { renderAll } from './samples.ts';

const textsOf = (value: unknown, path = ''): [string, string][] =>
  typeof value === 'string'
    ? [[path, value]]
    : Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}/${key}`));

const languages = Object.keys(LANGUAGES) as Language[];

describe.each(languages)('%s', (language) => {
  const texts = textsOf(LANGUAGES[language]);

  it('has the same keys as English, none empty, none with stray blanks', () => {
    expect(texts.map(([path]) => path).sort()).toEqual(
      textsOf(LANGUAGES.en)
        .map(([path]) => path)
        .sort(),
    );
    for (const [path, text] of texts) expect(text, path).toMatch(/^\S(?:.*\S)?$/);
  });

  it('has one place for the name, and no other', () => {
    const places = texts.filter(([, text]) => text.includes('{'));
    expect(places).toEqual([['/signedInAs', expect.stringMatching(/^[^{}]*\{\}[^{}]*$/)]]);
  });

  it('has words of its own', () => {
    if (language === 'en') return;
    const english = new Map(textsOf(LANGUAGES.en));
    const long = texts.filter(([, text]) => text.length > 20);
    expect(long.filter(([path, text]) => english.get(path) === text)).toEqual([]);
  });

  it('has a page for every fault, with title, code, reference and language', async () => {
    const pages = renderAll({ requestId: 'ref-1', acceptLanguage: language });
    for (const code of Object.keys(FAULTS) as FaultCode[]) {
      const response = pages.get(`fault ${code}`) as Response;
      const text = await response.text();
      expect(response.status).toBe(FAULTS[code].status);
      expect(text).toMatch(/<h1>[^<]{4,}<\/h1>/);
      expect(text).toContain(`>${code}</code>`);
      expect(text).toContain('>ref-1</code>');
      expect(text).toContain(`<html lang="${language}" dir="${directionOf(language)}">`);
      expect(text).not.toContain('undefined');
    }
  });
});

describe('directionOf', () => {
  it('is right to left for Arabic alone', () => {
    expect(languages.filter((language) => directionOf(language) === 'rtl')).toEqual(['ar']);
  });
});
