// Pages for somebody who can't go on as they are: no access, a step-up not met, a sign-in cancelled or refused, no cookies.
// ARCHITECTURE §3. No role names: they would tell a stranger what to ask for.

import { endpointPath } from '../endpoints/catalogue.ts';
import { accountHref } from '../oidc/zitadel/account-page.ts';
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
  return faultFrame(view, { code: 'forbidden', rest: html`${signedInAs(view, person)}${links}` });
};

export interface StepUpRefusedData {
  readonly person: Person;
  /** The page that asks for more: going there again is another try. */
  readonly returnTo: string;
  readonly isTooOld: boolean;
}

export const stepUpRefusedPage = (view: View, { person, returnTo, isTooOld }: StepUpRefusedData): Page => {
  const { config, messages } = view;
  const links = actions(button(view, returnTo, messages.verifyAgain, 'primary'), button(view, '/', messages.back));
  const account = html`<p class="more"><a href="${accountHref(config)}">${messages.manageAccount}</a></p>`;
  return faultFrame(view, {
    code: 'forbidden',
    words: isTooOld ? ['needsFresh', 'tooOld'] : ['needsFactor', 'factorHow'],
    // A second factor is set up there.
    rest: html`${signedInAs(view, person)}${links}${!isTooOld && account}`,
    // More of the same account is asked for, nobody's permission.
    topic: 'support',
  });
};

export interface CancelledLoginData {
  readonly returnTo: string;
  /** The page itself asks again, since the visitor is signed in. */
  readonly isStepUp: boolean;
}

export const loginCancelledPage = (view: View, { returnTo, isStepUp }: CancelledLoginData): Page => {
  const { messages } = view;
  const again = isStepUp
    ? button(view, returnTo, messages.verifyAgain, 'primary')
    : button(view, loginHref(view, returnTo), messages.signIn, 'primary');
  const links = actions(again, button(view, '/', isStepUp ? messages.back : messages.startPage));
  const words = ['cancelled', 'anyTime'] as const;
  const frame = faultFrame(view, { code: 'login_denied', words, rest: links, sign: 'person', topic: 'support' });
  // It is what they wanted, and no failure.
  return { ...frame, code: undefined };
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
    const rest = html`${who && html`<p class="who"><bdi>${who}</bdi></p>`}${actions(
      button(view, again, view.messages.switchAccount, 'primary'),
      button(view, '/', view.messages.startPage),
    )}`;
    return faultFrame(view, { code, rest });
  };

export const loginDeniedPage = refusedLogin('login_denied');
export const foreignOrganizationPage = refusedLogin('foreign_organization');

export interface RetryData {
  readonly retryHref: string;
}

export const cookiesBlockedPage = (view: View, { retryHref }: RetryData): Page =>
  faultFrame(view, {
    code: 'cookies_blocked',
    rest: actions(button(view, retryHref, view.messages.retry, 'primary')),
  });
