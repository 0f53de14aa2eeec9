// One's own account: who one is, how one signed in, and every place where one still is, each with a button to end it.
// ARCHITECTURE §2 /auth/profile. Buttons post `csrf` and `session` (an id, or `others`) to the profile endpoint; the own one signs out.

import { endpointPath } from '../endpoints/catalogue.ts';
import { actions, hidden, type Person, submit } from './components.ts';
import type { Device } from './device.ts';

import { html, isolate, type Markup, type Value } from './markup.ts';
import type { Messages } from './messages/en.ts';
import type { Page, View } from './view.ts';

export interface OwnSession {
  readonly id: string;
  readonly isCurrent: boolean;
  readonly device: Device;
  /** As the edge knows it: city, country. */
  readonly place?: string | undefined;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly seenAt: number;
}

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
}

const createClock = (language: string) => {
  const format = new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
  return (seconds: number) => {
    const date = new Date(seconds * 1000);
    if (Number.isNaN(date.getTime())) return undefined;
    return html`<time datetime="${date.toISOString()}">${format.format(date)}</time>`;
  };
};

const row = (label: string, value: Value) => value && html`<dt>${label}</dt><dd>${value}</dd>`;

const words = (text: string | undefined) => text && isolate(text);

/** `amr` values of ZITADEL: password, one-time code, passkey or security key, several factors. */
const METHODS = ['pwd', 'otp', 'user', 'mfa'] as const;

/** `amr` in words; that there were several factors is said only where they are not listed themselves. */
const methodsInWords = (amr: readonly string[], messages: Messages) => {
  const known = METHODS.filter((method) => amr.includes(method));
  const shown = known.length > 1 ? known.filter((method) => method !== 'mfa') : known;
  return shown.map((method) => messages[method]).join(' + ');
};

const sessionItem =
  (view: View, csrf: string, clock: (seconds: number) => Markup | undefined) =>
  (session: OwnSession, index: number) => {
    const { config, messages } = view;
    const device = [session.device.browser, session.device.system].filter(Boolean).join(' · ');
    const fields = hidden([
      ['csrf', csrf],
      ['session', session.id],
    ]);
    return html`<li>
<div><h3 id="s${index}">${isolate(device || messages.unknownBrowser)}${session.isCurrent && html` <span class="badge">${messages.thisBrowser}</span>`}</h3>
<dl>${row(messages.place, words(session.place))}${row(messages.since, clock(session.startedAt))}${row(messages.lastSeen, clock(session.seenAt))}</dl></div>
<form method="post" action="${endpointPath(config, session.isCurrent ? 'logout' : 'profile')}">${fields}<button class="button plain" aria-describedby="s${index}">${messages.signOut}</button></form></li>`;
  };

export const profilePage = (view: View, data: ProfileData): Page => {
  const { config, language, messages } = view;
  const clock = createClock(language);
  const { person, csrf } = data;
  const others = html`<form method="post" action="${endpointPath(config, 'profile')}">${hidden([
    ['csrf', csrf],
    ['session', 'others'],
  ])}${actions(submit(messages.endOthers, 'plain'))}</form>`;
  const about = html`<dl>${row(messages.name, words(person.name))}${row(messages.loginName, words(person.loginName))}${row(
    messages.email,
    words(person.email),
  )}${row(messages.organization, words(data.organization))}${
    data.roles.length > 0 &&
    row(messages.roles, html`<ul class="tags">${data.roles.map((role) => html`<li>${isolate(role)}</li>`)}</ul>`)
  }${row(messages.since, clock(data.startedAt))}${row(messages.with, methodsInWords(data.amr, messages))}${row(
    messages.until,
    clock(data.expiresAt),
  )}</dl>`;
  return {
    status: 200,
    title: messages.account,
    sign: 'person',
    isWide: true,
    form: 'gateway',
    body: html`${about}
<h2>${messages.sessions}</h2>
<ul class="list">${data.sessions.map(sessionItem(view, csrf, clock))}</ul>
${data.sessions.length > 1 && others}`,
  };
};
