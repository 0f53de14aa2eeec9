// The list of one's own sessions: each by its browser, and by what tells it from others of the same kind. The first few are shown, the rest
// folds away. Buttons post `csrf` and `session` to the profile endpoint; the own one signs out.

import { endpointPath } from '../endpoints/catalogue.ts';
import { type Clock, createClock } from './clock.ts';
import { hidden, row } from './components.ts';
import type { Device } from './device.ts';
import { html, isolate, type Markup } from './markup.ts';
import type { View } from './view.ts';

export interface OwnSession {
  readonly id: string;
  readonly isCurrent: boolean;
  /** Host of the site that it is good for, where there are several. */
  readonly site?: string | undefined;
  readonly device: Device;
  /** As the edge knows it: city, country. */
  readonly place?: string | undefined;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly seenAt: number;
}

/** Sessions that are shown without a click. */
const SHOWN = 5;

const deviceOf = ({ device: { browser, system }, site }: OwnSession) =>
  [site, browser, system].filter(Boolean).join(' · ');

type Detail = 'version' | 'place' | 'minute' | 'second';

/**
 * What a session's name has to say beside its browser, so that no two names are the same: the browser's version, the place, or else
 * when it began, to the minute or to the second. The first of them in which all sessions of that browser differ.
 */
export const tellingApart = (session: OwnSession, sessions: readonly OwnSession[]): Detail | undefined => {
  const alike = sessions.filter((other) => deviceOf(other) === deviceOf(session));
  if (alike.length === 1) return undefined;
  const isDifferentIn = (detail: (session: OwnSession) => string | number | undefined) => {
    const details = alike.map(detail);
    return !details.includes(undefined) && new Set(details).size === details.length;
  };
  if (isDifferentIn(({ device }) => device.version)) return 'version';
  if (isDifferentIn(({ place }) => place)) return 'place';
  return isDifferentIn(({ startedAt }) => Math.floor(startedAt / 60)) ? 'minute' : 'second';
};

interface List {
  readonly view: View;
  readonly csrf: string;
  readonly clock: Clock;
  readonly sessions: readonly OwnSession[];
}

const nameOf = ({ view, clock, sessions }: List, session: OwnSession): Markup => {
  const { device, place, startedAt } = session;
  const details: Record<Detail, string | Markup | undefined> = {
    version: device.version,
    place,
    minute: clock(startedAt),
    second: createClock(view.locale, view.timeZone, '2-digit')(startedAt),
  };
  const apart = tellingApart(session, sessions);
  const detail = apart && details[apart];
  const name = isolate(deviceOf(session) || view.messages.unknownBrowser);
  return detail === undefined ? name : html`${name} · ${typeof detail === 'string' ? isolate(detail) : detail}`;
};

const sessionItem = (list: List, session: OwnSession): Markup => {
  const { view, clock, csrf } = list;
  const { config, messages } = view;
  const index = list.sessions.indexOf(session);
  const fields = hidden([
    ['csrf', csrf],
    ['session', session.id],
  ]);
  return html`<li>
<div><h3 id="s${index}">${nameOf(list, session)}${session.isCurrent && html` <span class="badge">${messages.thisBrowser}</span>`}</h3>
<dl>${row(messages.place, session.place && isolate(session.place))}${row(messages.since, clock(session.startedAt))}${row(messages.lastSeen, clock(session.seenAt))}</dl></div>
<form method="post" action="${endpointPath(config, session.isCurrent ? 'logout' : 'profile')}">${fields}<button class="button plain" aria-describedby="s${index}">${messages.signOut}</button></form></li>`;
};

/** This browser's session first, then those that were last seen last. */
const inOrder = (sessions: readonly OwnSession[]) =>
  [...sessions].sort((one, other) => Number(other.isCurrent) - Number(one.isCurrent) || other.seenAt - one.seenAt);

export const sessionList = (view: View, csrf: string, clock: Clock, unordered: readonly OwnSession[]): Markup => {
  const sessions = inOrder(unordered);
  const list = { view, csrf, clock, sessions };
  const items = sessions.map((session) => sessionItem(list, session));
  const older = items.slice(SHOWN);
  return html`<ul class="list">${items.slice(0, SHOWN)}</ul>${
    older.length > 0 &&
    html`<details><summary>${view.messages.olderSessions}</summary><ul class="list">${older}</ul></details>`
  }`;
};
