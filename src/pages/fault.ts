// A fault as a page: what happened, what to do about it, code and reference. Never a reason; that is in the log.
// ARCHITECTURE §3.

import { FAULTS, type FaultCode } from '../errors.ts';
import { actions, button } from './components.ts';

import { html, type Markup } from './markup.ts';
import type { Word } from './messages/en.ts';
import type { Page, View } from './view.ts';

export interface FaultData {
  readonly code: FaultCode;
  /** Where trying again leads; no link without it. */
  readonly retryHref?: string | undefined;
  readonly signInHref?: string | undefined;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number | undefined;
}

/** What went wrong, and what can be done about it. The faults that a person hardly ever meets share one text: the code tells the operator. */
const TEXTS: Partial<Record<FaultCode, readonly [title: Word, ...sentences: Word[]]>> = {
  login_failed: ['signInFailed', 'operator'],
  cookies_blocked: ['signInFailed', 'allowCookies'],
  unauthenticated: ['signIn'],
  insufficient_user_authentication: ['signIn', 'secondFactor', 'operator'],
  login_denied: ['signInFailed', 'askForAccess'],
  foreign_organization: ['signInFailed', 'otherOrganization'],
  forbidden: ['noAccess', 'askForAccess'],
  cross_site: ['failed', 'otherSite'],
  not_found: ['nothingHere'],
  content_too_large: ['signIn', 'signInFirst'],
  misdirected: ['nothingHere'],
  too_many_requests: ['signInFailed', 'wait'],
  header_too_large: ['failed', 'allowCookies', 'operator'],
  upstream_unreachable: ['noAnswer', 'wait', 'operator'],
  upstream_timeout: ['noAnswer', 'wait', 'operator'],
  provider_unavailable: ['signInFailed', 'wait', 'operator'],
};

/** The frame of every page about a fault: its status, title, text and code; `words` where the code's own do not say enough. */
export const faultFrame = (view: View, code: FaultCode, rest: Markup, words = TEXTS[code]): Page => {
  const [title, ...sentences] = words ?? (['failed', 'wait', 'operator'] as const);
  const { status } = FAULTS[code];
  return {
    status,
    title: view.messages[title],
    sign: status === 403 ? 'lock' : 'alert',
    code,
    body: html`${sentences.map((sentence) => html`<p>${view.messages[sentence]}</p>`)}${rest}`,
  };
};

export const faultPage = (view: View, { code, retryHref, signInHref, retryAfter }: FaultData): Page => {
  const { messages } = view;
  const retry = retryHref === undefined ? undefined : button(view, retryHref, messages.retry, 'primary');
  const look = retry ? 'plain' : 'primary';
  const signIn = signInHref === undefined ? undefined : button(view, signInHref, messages.signIn, look);
  const links = (retry ?? signIn) ? actions(retry, signIn) : actions(button(view, '/', messages.startPage));
  return { ...faultFrame(view, code, links), retryAfter };
};
