// Every language says everything, and what the worker loads is what the languages' files say.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileMessages, TRANSLATIONS } from '../../build/messages.ts';
import { FAULTS, type FaultCode } from '../../src/errors.ts';
import { directionOf, LANGUAGES, type Language, wordingFor } from '../../src/pages/languages.ts';
import { renderAll } from './samples.ts';

const languages: readonly Language[] = LANGUAGES;
const COMPILED = new URL('../../src/pages/messages/compiled/', import.meta.url);

const textsOf = async (language: Language) => Object.entries((await wordingFor(language)).messages);
const placesIn = (text: string) => text.split('{}').length - 1;

describe.each(languages)('%s', (language) => {
  it('says as much as English in the same order, nothing empty, nothing with stray blanks', async () => {
    const texts = await textsOf(language);
    expect(texts.map(([word]) => word)).toEqual((await textsOf('en')).map(([word]) => word));
    for (const [word, text] of texts) expect(text, word).toMatch(/^\S(?:.*\S)?$/);
  });

  it('has room for what the page puts in, as often as English', async () => {
    const english = new Map(await textsOf('en'));
    for (const [word, text] of await textsOf(language)) {
      expect(placesIn(text), word).toBe(placesIn(english.get(word) as string));
    }
  });

  it('has words of its own', async () => {
    if (language === 'en') return;
    expect((await wordingFor(language)).language).toBe(language);
    const english = new Map(await textsOf('en'));
    const long = (await textsOf(language)).filter(([, text]) => text.length > 20);
    expect(long.filter(([word, text]) => english.get(word) === text)).toEqual([]);
  });

  it('has a page for every fault, with title, code, reference and language', async () => {
    const pages = await renderAll({ requestId: 'ref-1', acceptLanguage: language });
    for (const code of Object.keys(FAULTS) as FaultCode[]) {
      const response = pages.get(`fault ${code}`) as Response;
      const text = await response.text();
      expect(response.status).toBe(FAULTS[code].status);
      expect(text).toMatch(/<h1>[^<]{2,}<\/h1>/);
      expect(text).toContain(`>${code}</code>`);
      expect(text).toContain('>ref-1</code>');
      expect(text).toContain(`<html lang="${language}" dir="${directionOf(language)}">`);
      expect(text).not.toContain('undefined');
    }
  });
});

describe('the compiled files', () => {
  it.each(Object.entries(TRANSLATIONS))('%s has its keys in the order of English', async (_language, messages) => {
    expect(Object.keys(messages)).toEqual((await textsOf('en')).map(([word]) => word));
  });

  it.each(Object.entries(TRANSLATIONS))('%s is what build/messages.ts writes', (language, messages) => {
    expect(readFileSync(new URL(`${language}.txt`, COMPILED), 'utf8')).toBe(compileMessages(messages));
  });

  it('are those of the languages that can be chosen, and no others', () => {
    const files = readdirSync(COMPILED).map((name) => name.replace('.txt', ''));
    expect(['en', ...files].sort()).toEqual([...languages].sort());
  });
});

/** What no sentence of a language may have: punctuation of another one, letters it does not use, words of one gender only. */
const CHINESE_OR_JAPANESE = /[\u3040-\u9fff][,.:;?!()]|[,:;?!()][\u3040-\u9fff]/;
const FOREIGN: Readonly<Partial<Record<Language, RegExp>>> = {
  'de-CH': /ß/,
  fr: /(?<!\u202f)[:;?!]|(?:êtes|Rester) (?:dé)?connecté\b/,
  es: /^[^¿]*\?|ordenador/,
  it: /È uscito|connesso\b/,
  'pt-BR': /utilizador|palavra-passe|conectado\b(?!\()/i,
  'pt-PT': /aplicativo|usuário|você|senha|salvar/i,
  pl: /\bchcesz\b|zalogowan[ya]\b/i,
  cs: /hlášen[aý]?(?!\p{L}| účet)|byla? jste/iu,
  ja: CHINESE_OR_JAPANESE,
  'zh-Hans': CHINESE_OR_JAPANESE,
  'zh-Hant': CHINESE_OR_JAPANESE,
  ar: /[,;?]/,
};
/** Signs of the typewriter, and two blanks. */
const NOWHERE = /['"]|\.\.\.| {2}/;

describe('wording', () => {
  it.each(languages)('%s has its own punctuation and nothing of another', async (language) => {
    for (const [word, text] of await textsOf(language)) {
      expect(text, word).not.toMatch(NOWHERE);
      expect(text, word).not.toMatch(FOREIGN[language] ?? /^$/);
    }
  });

  it('has no colon between a text and a value that the code has built', async () => {
    for (const language of languages) {
      for (const [name, page] of await renderAll({ requestId: 'ref-1', acceptLanguage: language })) {
        // The list of a bad configuration is English, for its operator.
        if (name !== 'misconfigured') expect(await page.text(), name).not.toMatch(/[:：] ?<(?!code|strong|bdi)/);
      }
    }
  });

  it('Swiss German is German without ß', async () => {
    const german = new Map(await textsOf('de'));
    const differing = (await textsOf('de-CH')).filter(([word, text]) => german.get(word) !== text);
    expect(differing.length).toBeGreaterThan(2);
    for (const [word, text] of differing) expect(german.get(word)?.replaceAll('ß', 'ss')).toBe(text);
  });
});

describe('directionOf', () => {
  it('is right to left for Arabic alone', () => {
    expect(languages.filter((language) => directionOf(language) === 'rtl')).toEqual(['ar']);
  });
});
