// Which languages there are. The first is for visitors who ask for none of them.

import { chooseLanguage } from './accept-language.ts';
import { de } from './messages/de.ts';
import { en } from './messages/en.ts';
import type { Messages } from './messages.ts';

export const LANGUAGES = { en, de } as const satisfies Record<string, Messages>;

export type Language = keyof typeof LANGUAGES;

const AVAILABLE = Object.keys(LANGUAGES) as [Language, ...Language[]];

export const languageFor = (acceptLanguage: string | null): Language => chooseLanguage(acceptLanguage, AVAILABLE);

export const directionOf = (language: Language): 'ltr' | 'rtl' => ((language as string) === 'ar' ? 'rtl' : 'ltr');
