// Pages for somebody who may not go on: no access, a sign-in refused, a foreign organisation, no cookies.
// ARCHITECTURE §3. No role names: they would tell a stranger what to ask for.

import { endpointPath } from '../endpoints/catalogue.ts';
import { actions, button, loginHref, type Person, signedInAs } from './components.ts';
import { faultFrame } from './fault.ts';
import { html } from './markup.ts';
import type { Page, View } from './view.ts';

export interface ForbiddenData {
  readonly person: Person;
  /** The page that was refused; signing in with another account leads there. */
  readonly returnTo?: string | undefined;
}

export const forbiddenPage = (view: View, { person, returnTo }: ForbiddenData): Page => {
  const { config, messages } = view;
  const links = actions(
    button(view, loginHref(view, returnTo, 'select_account'), messages.switchAccount, 'primary'),
    button(view, endpointPath(config, 'logout'), messages.signOut),
  );
  return faultFrame(view, 'forbidden', html`${signedInAs(view, person)}${links}`);
};

export interface StepUpRefusedData {
  readonly person: Person;
  /** The page that asks for more: going there again is another try. */
  readonly returnTo: string;
  readonly isTooOld: boolean;
}

export const stepUpRefusedPage = (view: View, { person, returnTo, isTooOld }: StepUpRefusedData): Page => {
  const { messages } = view;
  const links = actions(
    button(view, returnTo, messages.retry, 'primary'),
    button(view, loginHref(view, returnTo, 'select_account'), messages.switchAccount),
  );
  const lack = isTooOld ? 'tooOld' : 'secondFactor';
  return faultFrame(view, 'forbidden', html`${signedInAs(view, person)}${links}`, ['noAccess', lack]);
};

export interface RefusedLoginData {
  /** Who ZITADEL says it was, where that is known. */
  readonly person?: Person | undefined;
  readonly returnTo?: string | undefined;
}

const refusedLogin =
  (code: 'login_denied' | 'foreign_organization') =>
  (view: View, { person, returnTo }: RefusedLoginData): Page => {
    const again = loginHref(view, returnTo, 'select_account');
    const who = person && [person.name, person.loginName ?? person.email].filter(Boolean).join(' · ');
    const rest = html`${who && html`<p><bdi>${who}</bdi></p>`}${actions(
      button(view, again, view.messages.switchAccount, 'primary'),
      button(view, '/', view.messages.startPage),
    )}`;
    return faultFrame(view, code, rest);
  };

export const loginDeniedPage = refusedLogin('login_denied');
export const foreignOrganizationPage = refusedLogin('foreign_organization');

export interface RetryData {
  readonly retryHref: string;
}

export const cookiesBlockedPage = (view: View, { retryHref }: RetryData): Page =>
  faultFrame(view, 'cookies_blocked', actions(button(view, retryHref, view.messages.retry, 'primary')));
