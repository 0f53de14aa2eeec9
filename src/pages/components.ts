// Pieces that several pages are made of: links, buttons, hidden fields, who somebody is.

import { endpointPath } from '../endpoints/catalogue.ts';
import { fill, html, isolate, type Markup, safeHref, type Value } from './markup.ts';
import type { Fields, View } from './view.ts';

export const button = ({ config }: View, href: string, label: string, look: 'primary' | 'plain' = 'plain'): Markup =>
  html`<a class="button ${look}" href="${safeHref(href, config.origin)}">${label}</a>`;

export const submit = (label: string, look: 'primary' | 'plain' = 'primary'): Markup =>
  html`<button class="button ${look}">${label}</button>`;

export const actions = (...items: readonly (Markup | undefined)[]): Markup => html`<div class="actions">${items}</div>`;

export const hidden = (fields: Fields): readonly Markup[] =>
  fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);

/** A term and what it is, in a `<dl>`; nothing where nothing is known. */
export const row = (label: string, value: Value) => value && html`<dt>${label}</dt><dd>${value}</dd>`;

/** The login endpoint; afterwards the visitor is where they were. */
export const loginHref = ({ config }: View, returnTo: string | undefined, prompt?: 'select_account'): string =>
  endpointPath(config, 'login', { prompt, return_to: returnTo });

/** What is known of a signed-in person; nothing of it is trusted. */
export interface Person {
  readonly name?: string | undefined;
  readonly loginName?: string | undefined;
  readonly email?: string | undefined;
}

/** "Signed in as Ada (ada@example.com)". Nothing where nothing is known. */
export const signedInAs = ({ messages }: View, { name, loginName, email }: Person): Markup | undefined => {
  const handle = loginName ?? email;
  const known = [name, handle].filter((text): text is string => Boolean(text));
  const [first, second] = known;
  if (first === undefined) return undefined;
  const strong = html`<strong>${isolate(first)}</strong>`;
  const hasBoth = second !== undefined && second !== first;
  return html`<p class="who">${fill(messages.signedInAs, hasBoth ? fill(messages.nameAndLogin, strong, isolate(second)) : strong)}</p>`;
};
