// Which languages there are, and their words by key. English is in the script; every other language is a module of its own in the upload,
// loaded once per isolate when somebody reads it, so that another one costs nobody else anything.

import { chooseLanguage } from './accept-language.ts';
import { en, type Messages } from './messages/en.ts';

/** Written by build/messages.ts. A bundler has to see each address. */
const LOADERS = {
  de: () => import('./messages/compiled/de.txt'),
  'de-CH': () => import('./messages/compiled/de-CH.txt'),
  fr: () => import('./messages/compiled/fr.txt'),
  es: () => import('./messages/compiled/es.txt'),
  it: () => import('./messages/compiled/it.txt'),
  'pt-BR': () => import('./messages/compiled/pt-BR.txt'),
  'pt-PT': () => import('./messages/compiled/pt-PT.txt'),
  nl: () => import('./messages/compiled/nl.txt'),
  sv: () => import('./messages/compiled/sv.txt'),
  pl: () => import('./messages/compiled/pl.txt'),
  cs: () => import('./messages/compiled/cs.txt'),
  ru: () => import('./messages/compiled/ru.txt'),
  uk: () => import('./messages/compiled/uk.txt'),
  tr: () => import('./messages/compiled/tr.txt'),
  ja: () => import('./messages/compiled/ja.txt'),
  ko: () => import('./messages/compiled/ko.txt'),
  'zh-Hans': () => import('./messages/compiled/zh-Hans.txt'),
  'zh-Hant': () => import('./messages/compiled/zh-Hant.txt'),
  ar: () => import('./messages/compiled/ar.txt'),
};

export type Language = 'en' | keyof typeof LOADERS;

/** The first is for visitors who ask for none of them. */
export const LANGUAGES = ['en', ...(Object.keys(LOADERS) as Language[])] as const;

const WORDS = Object.keys(en);

/** What build/messages.ts has written: a line for each word, in the order of English. */
const parseMessages = (text: string): Messages => {
  const lines = text.split('\n');
  if (lines.length !== WORDS.length) throw new Error(`${lines.length} lines for ${WORDS.length} words`);
  return Object.fromEntries(WORDS.map((word, index) => [word, lines[index]])) as Messages;
};

const loaded = new Map<Language, Messages>([['en', en]]);

const loadMessages = async (language: Exclude<Language, 'en'>): Promise<Messages> => {
  const { default: text } = await LOADERS[language]();
  const messages = parseMessages(text);
  loaded.set(language, messages);
  return messages;
};

export interface Wording {
  readonly language: Language;
  /** For times: the language, with the visitor's region where they name one. */
  readonly locale: string;
  readonly messages: Messages;
}

/** A visitor's words; English where theirs can't be loaded: a page never fails for its language. */
export const wordingFor = async (acceptLanguage: string | null): Promise<Wording> => {
  const { language, locale } = chooseLanguage(acceptLanguage, LANGUAGES);
  try {
    const messages = loaded.get(language) ?? (await loadMessages(language as Exclude<Language, 'en'>));
    return { language, locale, messages };
  } catch {
    return { language: 'en', locale: 'en', messages: en };
  }
};

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr');
