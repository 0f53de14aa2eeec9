// A form that is too large to be kept over the sign-in: said before it, so that nobody loses what they wrote.
// ARCHITECTURE §3, first row. The link opens a new window: leaving this one could throw the text away.

import { actions } from './components.ts';
import { faultFrame } from './fault.ts';
import { html, safeHref } from './markup.ts';
import type { Page, View } from './view.ts';

export interface FormTooLargeData {
  readonly signInHref: string;
}

export const formTooLargePage = (view: View, { signInHref }: FormTooLargeData): Page => {
  const { config, messages } = view;
  const href = safeHref(signInHref, config.origin);
  const link = html`<a class="button primary" href="${href}" target="_blank" rel="noopener">${messages.signIn}</a>`;
  return faultFrame(view, { code: 'content_too_large', rest: actions(link) });
};
