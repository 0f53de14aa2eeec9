// A fault as a page: what happened, what to do about it, code and reference. Never a reason; that is in the log.
// ARCHITECTURE §3.

import type { HelpTopic } from '../config/help.ts';
import { FAULTS, type FaultCode } from '../errors.ts';
import { actions, button } from './components.ts';
import { findHelp } from './help.ts';
import { fill, html, type Markup } from './markup.ts';
import type { Word } from './messages/en.ts';
import type { Page, View } from './view.ts';

export interface FaultData {
  readonly code: FaultCode;
  /** Where trying again leads; no link without it. */
  readonly retryHref?: string | undefined;
  readonly signInHref?: string | undefined;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number | undefined;
  /** The browser loads the page again by itself: the value of `Refresh`. */
  readonly refresh?: string | undefined;
  /** For the operator, in English as the configuration's documentation is. */
  readonly aside?: string | undefined;
}

type Words = readonly [title: Word, ...sentences: Word[]];

/** What went wrong, and what can be done about it. A fault that only programs meet has the text of `internal`: its code tells them. */
const TEXTS: Partial<Record<FaultCode, Words>> = {
  bad_request: ['badAddress', 'checkAddress'],
  login_failed: ['signInFailed', 'operator'],
  cookies_blocked: ['signInFailed', 'allowCookies'],
  unauthenticated: ['signIn'],
  insufficient_user_authentication: ['needsFactor', 'factorHow'],
  login_denied: ['signInFailed', 'askForAccess'],
  foreign_organization: ['signInFailed', 'otherOrganization'],
  forbidden: ['noAccess', 'askForAccess'],
  cross_site: ['failed', 'otherSite'],
  not_found: ['nothingHere', 'checkAddress'],
  method_not_allowed: ['nothingHere', 'checkAddress'],
  content_too_large: ['signIn', 'signInFirst'],
  too_many_requests: ['tooMany', 'waitMinute'],
  header_too_large: ['failed', 'allowCookies', 'operator'],
  identity_too_large: ['failed', 'operator'],
  upstream_unreachable: ['noAnswer', 'wait', 'operator'],
  upstream_loop: ['noAnswer', 'operator'],
  upstream_timeout: ['tooSlow', 'wait', 'operator'],
  provider_unavailable: ['signInAway', 'wait', 'operator'],
  store_unavailable: ['sessionsAway', 'wait', 'operator'],
  misconfigured: ['notSetUp', 'operator'],
};

const OTHERWISE: Words = ['failed', 'wait', 'operator'];

/** Who lacks access asks for it; whoever else is stuck asks for help. */
const topicOf = (code: FaultCode): HelpTopic => (FAULTS[code].status === 403 ? 'access' : 'support');

interface FaultFrame {
  readonly code: FaultCode;
  /** Where the code's own do not say enough. */
  readonly words?: Words | undefined;
  /** After the sentences. */
  readonly rest: Markup;
  readonly sign?: Page['sign'];
  readonly topic?: HelpTopic;
}

/** The frame of every page about a fault: its status, title, text and code. The operator's own sentence stands in for ours. */
export const faultFrame = (view: View, frame: FaultFrame): Page => {
  const { code, words = TEXTS[code] ?? OTHERWISE, rest, topic = topicOf(code) } = frame;
  const { status } = FAULTS[code];
  const help = findHelp(view, topic);
  const [title, ...sentences] = words;
  const ours = sentences.filter((word) => !help.sentence || !(word === 'operator' || word === 'askForAccess'));
  return {
    status,
    title: view.messages[title],
    sign: frame.sign ?? (status === 403 ? 'lock' : 'alert'),
    code,
    body: html`${ours.map((word) => html`<p>${view.messages[word]}</p>`)}${help.sentence}${rest}${help.link}`,
  };
};

export const faultPage = (view: View, data: FaultData): Page => {
  const { code, retryHref, signInHref, retryAfter, refresh, aside } = data;
  const { messages } = view;
  if (code === 'misdirected') return misdirectedPage(view);
  const retry = retryHref === undefined ? undefined : button(view, retryHref, messages.retry, 'primary');
  const look = retry ? 'plain' : 'primary';
  const signIn = signInHref === undefined ? undefined : button(view, signInHref, messages.signIn, look);
  const links = (retry ?? signIn) ? actions(retry, signIn) : actions(button(view, '/', messages.startPage));
  const rest = html`${aside !== undefined && html`<p lang="en" dir="ltr">${aside}</p>`}${links}`;
  const [title, ...sentences] = TEXTS[code] ?? OTHERWISE;
  const said = sentences.map((word) => (word === 'wait' && refresh !== undefined ? 'retriesItself' : word));
  return { ...faultFrame(view, { code, words: [title, ...said], rest }), retryAfter, refresh };
};

/** The right address comes from the configuration: the one that was asked for is whatever somebody has written. */
const misdirectedPage = (view: View): Page => {
  const { messages, config } = view;
  const address = html`<a href="${config.origin}/">${config.origin}</a>`;
  const frame = faultFrame(view, {
    code: 'misdirected',
    words: ['otherHost'],
    rest: html`<p>${fill(messages.rightHost, address)}</p>`,
  });
  return { ...frame, home: `${config.origin}/` };
};
