// One's own account: who one is, how one signed in, and every place where one still is, each with a button to end it.
// ARCHITECTURE §2 /auth/profile. Ending all others posts `csrf` and `session=others` to the profile endpoint.

import { endpointPath } from '../endpoints/catalogue.ts';
import { accountHref } from '../oidc/zitadel/account-page.ts';
import { brandName } from './brand.ts';
import { createClock } from './clock.ts';
import { actions, button, hidden, type Person, row, submit } from './components.ts';
import { html, isolate } from './markup.ts';
import { type OwnSession, sessionList } from './own-sessions.ts';
import type { Page, View } from './view.ts';

export interface ProfileData {
  readonly person: Person;
  readonly organization?: string | undefined;
  readonly roles: readonly string[];
  readonly amr: readonly string[];
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly sessions: readonly OwnSession[];
  readonly csrf: string;
  /** Whether the visitor may be signed in at other sites of this gateway. */
  readonly hasSites?: boolean;
}

const words = (text: string | undefined) => text && isolate(text);

/** `amr` values of ZITADEL: password, one-time code, passkey or security key, several factors. */
const METHODS = ['pwd', 'otp', 'user', 'mfa'] as const;

/** `amr` in words; that there were several factors is said only where they are not listed themselves. */
const methodsInWords = (amr: readonly string[], { locale, messages }: View) => {
  const known = METHODS.filter((method) => amr.includes(method));
  const shown = known.length > 1 ? known.filter((method) => method !== 'mfa') : known;
  return new Intl.ListFormat(locale).format(shown.map((method) => messages[method]));
};

export const profilePage = (view: View, data: ProfileData): Page => {
  const { config, messages } = view;
  const clock = createClock(view.locale, view.timeZone);
  const { person, csrf } = data;
  const others = html`<form method="post" action="${endpointPath(config, 'profile')}">${hidden([
    ['csrf', csrf],
    ['session', 'others'],
  ])}${actions(submit(messages.endOthers, 'plain'))}</form>`;
  const everywhere = html`<form method="post" action="${endpointPath(config, 'logout')}">${hidden([
    ['csrf', csrf],
    ['everywhere', '1'],
  ])}${actions(submit(messages.everywhere, 'plain'))}</form>`;
  const about = html`<dl>${row(messages.name, words(person.name))}${row(messages.loginName, words(person.loginName))}${row(
    messages.email,
    words(person.email),
  )}${row(messages.organization, words(data.organization))}${
    data.roles.length > 0 &&
    row(messages.roles, html`<ul class="tags">${data.roles.map((role) => html`<li>${isolate(role)}</li>`)}</ul>`)
  }${row(messages.since, clock(data.startedAt))}${row(messages.with, methodsInWords(data.amr, view))}${row(
    messages.until,
    clock(data.expiresAt),
  )}</dl>`;
  const atProvider = html`<p class="more"><a href="${accountHref(config)}">${messages.manageAccount}</a></p>`;
  const back = messages.backTo.replace('{}', () => brandName(config));
  return {
    status: 200,
    title: messages.account,
    sign: 'person',
    isWide: true,
    form: 'gateway',
    body: html`${about}
${atProvider}
<h2>${messages.sessions}</h2>
${sessionList(view, csrf, clock, data.sessions)}
${data.sessions.length > 1 && others}
${data.hasSites && everywhere}
${actions(button(view, '/', back, 'primary'))}`,
  };
};
