// What an operator says to visitors who need access or help: a sentence, in the languages it is given in, and an address to turn to.
// Of a rule where it has some of its own, else of the site.

import type { HelpTopic, Sentence } from '../config/help.ts';
import { chooseLanguage } from './accept-language.ts';
import { html, isolate, type Markup } from './markup.ts';
import type { View } from './view.ts';

export const findHelp = (
  view: View,
  topic: HelpTopic,
): { sentence?: Markup | undefined; link?: Markup | undefined } => {
  const { config, help, messages, acceptLanguage } = view;
  const sentence = help?.sentences[topic] ?? config.help?.sentences[topic];
  const [own, general] = [
    help?.urls[topic] ?? config.help?.urls[topic],
    help?.urls.support ?? config.help?.urls.support,
  ];
  const url = own ?? general;
  const label = own === undefined || topic === 'support' ? messages.getHelp : messages.requestAccess;
  return {
    sentence: sentence === undefined ? undefined : inTheirLanguage(sentence, acceptLanguage),
    link: url === undefined ? undefined : html`<p class="more"><a href="${url}">${label}</a></p>`,
  };
};

const inTheirLanguage = (sentence: Sentence, acceptLanguage: string | null): Markup | undefined => {
  if (typeof sentence === 'string') return html`<p>${isolate(sentence)}</p>`;
  const [first, ...others] = Object.keys(sentence);
  if (first === undefined) return undefined;
  const { language } = chooseLanguage(acceptLanguage, [first, ...others]);
  return html`<p lang="${language}" dir="auto">${sentence[language]}</p>`;
};
