// Which languages there are. The first is for visitors who ask for none of them.

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
import type { Messages } from './messages.ts';

export const LANGUAGES = { en, de, fr, es, it, pt, nl, pl, tr, ja, ar } as const satisfies Record<string, Messages>;

export type Language = keyof typeof LANGUAGES;

const AVAILABLE = Object.keys(LANGUAGES) as [Language, ...Language[]];

export const languageFor = (acceptLanguage: string | null): Language => chooseLanguage(acceptLanguage, AVAILABLE);

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr');
