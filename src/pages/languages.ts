// Which languages there are, and their words by name. The first is for visitors who ask for none of them.

import { chooseLanguage } from './accept-language.ts';
import { ar } from './messages/ar.ts';
import { de } from './messages/de.ts';
import { en } from './messages/en.ts';
import { es } from './messages/es.ts';
import { fr } from './messages/fr.ts';
import { it } from './messages/it.ts';
import { ja } from './messages/ja.ts';
import { nl } from './messages/nl.ts';
import { pl } from './messages/pl.ts';
import { pt } from './messages/pt.ts';
import { tr } from './messages/tr.ts';

export type Word = keyof typeof en;
export type Messages = Readonly<Record<Word, string>>;

const WORDS = Object.keys(en) as Word[];

/** Each language is a text of lines behind an empty one: with a name on every line, eleven languages would weigh as much as twelve. */
export const TRANSLATIONS = { de, fr, es, it, pt, nl, pl, tr, ja, ar };

export type Language = 'en' | keyof typeof TRANSLATIONS;

export const LANGUAGES = ['en', ...(Object.keys(TRANSLATIONS) as Language[])] as const;

export const messagesIn = (language: Language): Messages => {
  if (language === 'en') return en;
  const [, ...lines] = TRANSLATIONS[language].split('\n');
  return Object.fromEntries(WORDS.map((word, index) => [word, lines[index]])) as Messages;
};

export const languageFor = (acceptLanguage: string | null): Language => chooseLanguage(acceptLanguage, LANGUAGES);

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr');
