// What a visitor may see on the way to ZITADEL: a page that leads on, and a form that can't be kept over the sign-in.
// ARCHITECTURE §2 /auth/onward, §3 first row.

import type { FaultCode } from '../errors.ts';
import { actions, button } from './components.ts';
import { faultFrame } from './fault.ts';
import { html, safeHref } from './markup.ts';
import type { Page, View } from './view.ts';

export interface OnwardData {
  readonly href: string;
  /** Whether the way leads to the sign-out there. Here it is done. */
  readonly isSignOut: boolean;
}

/** Seen for a moment, or for longer where the browser leads nobody on by itself. */
export const onwardPage = (view: View, { href, isSignOut }: OnwardData): Page => {
  const { config, messages } = view;
  const link = actions(button(view, href, isSignOut ? messages.signOut : messages.signIn, 'primary'));
  return {
    status: 200,
    title: isSignOut ? messages.signedOut : messages.signIn,
    sign: isSignOut ? 'check' : 'person',
    refresh: `0; url=${new URL(safeHref(href, config.origin), config.origin)}`,
    // A sign-in in a small window.
    keepsOpener: true,
    body: html`${isSignOut && html`<p>${messages.untold}</p>`}${link}`,
    ...(!isSignOut && { script: 'onwardScript' as const }),
  };
};

/** A redirect takes the fragment along, and a Refresh does not: where there is one, the script leads on with it, before the Refresh does. */
export const ONWARD_SCRIPT = `if (location.hash) location.replace(document.querySelector('main a').href + location.hash)`;

export interface FormNotKeptData {
  readonly code: FaultCode;
  readonly signInHref: string;
}

/** Said before the sign-in, so that nobody loses what they sent: in a new window, since leaving this one could throw the text away. */
export const formNotKeptPage = (view: View, { code, signInHref }: FormNotKeptData): Page => {
  const { config, messages } = view;
  const href = safeHref(signInHref, config.origin);
  const link = html`<a class="button primary" href="${href}" target="_blank" rel="noopener">${messages.signIn}</a>`;
  return faultFrame(view, {
    code,
    rest: actions(link),
    words: ['signIn', code === 'content_too_large' ? 'signInFirst' : 'formNotKept'],
  });
};
