// A fault as a page: what happened, what to do about it, code and reference. Never a reason; that is in the log.
// Design §3.

import { FAULTS, type FaultCode } from '../errors.ts';
import { html, type Markup } from './markup.ts';
import type { Advice, ExplainedFault, Messages, TitledFault } from './messages.ts';
import { actions, button } from './parts.ts';
import type { Page, View } from './view.ts';

export interface FaultData {
  readonly code: FaultCode;
  /** Where trying again leads; no link without it. */
  readonly retryHref?: string | undefined;
  readonly signInHref?: string | undefined;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number | undefined;
}

const ADVICE: Readonly<Record<FaultCode, readonly Advice[]>> = {
  bad_request: ['check'],
  login_failed: ['signIn', 'operator'],
  cookies_blocked: [],
  unauthenticated: [],
  invalid_token: ['operator'],
  insufficient_user_authentication: ['signIn', 'operator'],
  login_denied: [],
  foreign_organization: [],
  forbidden: [],
  insufficient_scope: ['operator'],
  cross_site: [],
  not_found: ['check'],
  method_not_allowed: ['check'],
  content_too_large: [],
  misdirected: ['check'],
  too_many_requests: ['wait'],
  header_too_large: ['operator'],
  internal: ['wait', 'operator'],
  upstream_unreachable: ['wait', 'operator'],
  upstream_loop: ['operator'],
  provider_unavailable: ['wait', 'operator'],
  store_unavailable: ['wait', 'operator'],
  misconfigured: ['operator'],
  upstream_timeout: ['wait', 'operator'],
};

/** To the visitor these are the same; the code tells the operator. */
const SAME_TITLE: Readonly<Record<Exclude<FaultCode, TitledFault>, TitledFault>> = {
  insufficient_scope: 'invalid_token',
  misdirected: 'not_found',
  upstream_loop: 'upstream_unreachable',
};

const titleOf = ({ titles }: Messages, code: FaultCode): string =>
  titles[code in SAME_TITLE ? SAME_TITLE[code as keyof typeof SAME_TITLE] : (code as TitledFault)];

/** What happened and what can be done, in sentences. */
export const faultText = ({ messages }: View, code: FaultCode): Markup => {
  const explanation = Object.hasOwn(messages.explanations, code) && messages.explanations[code as ExplainedFault];
  const sentences = [explanation, ...ADVICE[code].map((advice) => messages.advice[advice])].filter(Boolean);
  return html`${sentences.map((sentence) => html`<p>${sentence}</p>`)}`;
};

/** The frame of every page about a fault: its status, title, text and code. */
export const faultFrame = (view: View, code: FaultCode, rest: Markup): Page => ({
  status: FAULTS[code].status,
  title: titleOf(view.messages, code),
  sign: FAULTS[code].status === 403 ? 'lock' : 'alert',
  code,
  body: html`${faultText(view, code)}${rest}`,
});

export const faultPage = (view: View, { code, retryHref, signInHref, retryAfter }: FaultData): Page => {
  const { messages } = view;
  const retry = retryHref === undefined ? undefined : button(view, retryHref, messages.retry, 'primary');
  const look = retry ? 'plain' : 'primary';
  const signIn = signInHref === undefined ? undefined : button(view, signInHref, messages.signIn, look);
  const links = (retry ?? signIn) ? actions(retry, signIn) : actions(button(view, '/', messages.startPage));
  return { ...faultFrame(view, code, links), retryAfter };
};
