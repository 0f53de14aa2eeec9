// Every language says everything.

import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultCode } from '../../src/errors.ts';
import { directionOf, LANGUAGES, type Language, messagesIn, TRANSLATIONS } from '../../src/pages/languages.ts';
import { renderAll } from './samples.ts';

const languages: readonly Language[] = LANGUAGES;
const textsOf = (language: Language) => Object.entries(messagesIn(language));

describe.each(languages)('%s', (language) => {
  const texts = textsOf(language);

  it('says as much as English, nothing empty, nothing with stray blanks', () => {
    expect(texts.map(([word]) => word)).toEqual(textsOf('en').map(([word]) => word));
    for (const [word, text] of texts) expect(text, word).toMatch(/^\S(?:.*\S)?$/);
  });

  it('has as many lines as English has words', () => {
    if (language === 'en') return;
    // The text begins and ends with a line break; between them is a line for each message.
    const [first, ...lines] = TRANSLATIONS[language].split('\n');
    expect(first).toBe('');
    expect(lines.filter((line) => line !== '')).toHaveLength(textsOf('en').length);
  });

  it('has words of its own', () => {
    if (language === 'en') return;
    const english = new Map(textsOf('en'));
    const long = texts.filter(([, text]) => text.length > 20);
    expect(long.filter(([word, text]) => english.get(word) === text)).toEqual([]);
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
