// Before and after signing out.
// ARCHITECTURE §2 /auth/logout; OIDC RP-Initiated Logout 1.0 §2 (ask, when another site may have caused it).

import { endpointPath } from '../endpoints/catalogue.ts';
import { actions, button, hidden, loginHref, submit } from './components.ts';
import { html } from './markup.ts';
import type { Fields, Page, View } from './view.ts';

export interface ConfirmLogoutData {
  /** Sent along with the confirmation: a CSRF token, `return_to`. */
  readonly fields: Fields;
  /** Default: the start page. */
  readonly cancelHref?: string | undefined;
}

export const confirmLogoutPage = (view: View, { fields, cancelHref = '/' }: ConfirmLogoutData): Page => {
  const { config, messages } = view;
  const choice = actions(submit(messages.signOut), button(view, cancelHref, messages.staySignedIn));
  return {
    status: 200,
    title: messages.confirmLogout,
    sign: 'alert',
    form: 'gateway',
    body: html`<p>${messages.askedBySite}</p><form method="post" action="${endpointPath(config, 'logout')}">${hidden(fields)}${choice}</form>`,
  };
};

export interface SignedOutData {
  /** Whether ZITADEL may not know: the visitor should close the browser then. */
  readonly isProviderUntold?: boolean | undefined;
  /** Whether the session could only be taken from this browser. */
  readonly isElsewhere?: boolean | undefined;
  readonly returnTo?: string | undefined;
}

export const signedOutPage = (
  view: View,
  { isProviderUntold = false, isElsewhere = false, returnTo }: SignedOutData,
): Page => {
  const { messages } = view;
  return {
    status: 200,
    title: messages.signedOut,
    sign: isProviderUntold ? 'alert' : 'check',
    body: html`${isElsewhere ? html`<p>${messages.elsewhere}</p>` : ''}<p>${isProviderUntold ? messages.untold : messages.closeWindow}</p>${actions(
      button(view, loginHref(view, returnTo), messages.signIn, 'primary'),
    )}`,
  };
};
