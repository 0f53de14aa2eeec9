// Writes src/pages/messages/compiled/*.txt: each language's words without their keys, a line each, in the order of English.
// `node_modules/.bin/node build/messages.ts`. A test says when they are stale.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from '../src/pages/languages.ts';
import { ar } from '../src/pages/messages/ar.ts';
import { cs } from '../src/pages/messages/cs.ts';
import { de } from '../src/pages/messages/de.ts';
import { en, type Messages } from '../src/pages/messages/en.ts';
import { es } from '../src/pages/messages/es.ts';
import { fr } from '../src/pages/messages/fr.ts';
import { it } from '../src/pages/messages/it.ts';
import { ja } from '../src/pages/messages/ja.ts';
import { ko } from '../src/pages/messages/ko.ts';
import { nl } from '../src/pages/messages/nl.ts';
import { pl } from '../src/pages/messages/pl.ts';
import { ptBR } from '../src/pages/messages/pt-BR.ts';
import { ptPT } from '../src/pages/messages/pt-PT.ts';
import { ru } from '../src/pages/messages/ru.ts';
import { sv } from '../src/pages/messages/sv.ts';
import { tr } from '../src/pages/messages/tr.ts';
import { uk } from '../src/pages/messages/uk.ts';
import { zhHans } from '../src/pages/messages/zh-Hans.ts';
import { zhHant } from '../src/pages/messages/zh-Hant.ts';

/** Switzerland and Liechtenstein write no ß. */
const swiss = (messages: Messages): Messages =>
  Object.fromEntries(Object.entries(messages).map(([word, text]) => [word, text.replaceAll('ß', 'ss')])) as Messages;

export const TRANSLATIONS: Readonly<Record<Exclude<Language, 'en'>, Messages>> = {
  de,
  'de-CH': swiss(de),
  fr,
  es,
  it,
  'pt-BR': ptBR,
  'pt-PT': ptPT,
  nl,
  sv,
  pl,
  cs,
  ru,
  uk,
  tr,
  ja,
  ko,
  'zh-Hans': zhHans,
  'zh-Hant': zhHant,
  ar,
};

export const compileMessages = (messages: Messages): string =>
  (Object.keys(en) as (keyof Messages)[]).map((word) => messages[word]).join('\n');

const FOLDER = join(import.meta.dirname, '../src/pages/messages/compiled');

if (import.meta.main) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [language, messages] of Object.entries(TRANSLATIONS)) {
    writeFileSync(join(FOLDER, `${language}.txt`), compileMessages(messages));
  }
}
