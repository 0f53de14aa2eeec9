// What operators say on our pages: where people get help or access, and in which words. Of the site, and of a rule.
// ARCHITECTURE §1.

import { parseHttpUrl } from './urls.ts';
import { isTable, judged, table, Wanted } from './values.ts';

export type HelpTopic = 'access' | 'support';

/** In one language for everybody, or by language; the first is for visitors who read none of them. */
export type Sentence = string | Readonly<Record<string, string>>;

/** What our pages say to somebody who lacks access or needs support: an address (https: or mailto:), a sentence. */
export interface Help {
  readonly urls: { readonly [Topic in HelpTopic]?: string };
  readonly sentences: { readonly [Topic in HelpTopic]?: Sentence };
}

const WANTED_URL = 'an https:// or mailto: URL';

/** Nothing else: a page of ours must not run a script because somebody presses a link. */
export const helpUrl = judged(WANTED_URL, (value) => {
  const isMail = /^mailto:[^\s@<>"\\]+@[^\s<>"\\]+$/i.test(value);
  return isMail || parseHttpUrl(value)?.protocol === 'https:' ? value : new Wanted(WANTED_URL);
});

const TOPICS: readonly HelpTopic[] = ['access', 'support'];
/** As the gateway's own languages are named, or any other by its two or three letters. */
const LANGUAGE = /^([a-z]{2,3}|de-CH|pt-(BR|PT)|zh-Han[st])$/;
const SENTENCE = /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,500}$/u;
const WANTED_SENTENCE = 'a sentence of at most 500 characters';

const isSentence = (value: unknown): value is string => typeof value === 'string' && SENTENCE.test(value);

export const messages = table('a table of "access" and "support" with sentences', (topic, value): Sentence | Wanted => {
  if (!TOPICS.includes(topic as HelpTopic)) return new Wanted('one of "access", "support"');
  if (isSentence(value)) return value;
  if (!isTable(value)) return new Wanted(`${WANTED_SENTENCE}, or a table of languages and sentences`);
  const entries = Object.entries(value);
  const foreign = entries.find(([language]) => !LANGUAGE.test(language))?.[0];
  if (foreign !== undefined) return new Wanted('languages as "en", "de-CH", "pt-BR", "zh-Hans"');
  return entries.length > 0 && entries.every(([, text]) => isSentence(text))
    ? (value as Readonly<Record<string, string>>)
    : new Wanted(`${WANTED_SENTENCE} for each language`);
});
