// Times as the visitor reads them: in their language and region, in the time zone where they are, and the zone is named.
// The zone is the edge's guess from their address, so that no script is needed. ECMA-402 §11 (Intl.DateTimeFormat).

import { html, type Markup } from './markup.ts';

/** Seconds since the epoch in words, and for machines; nothing where that is no time. */
export type Clock = (seconds: number) => Markup | undefined;

type Seconds = '2-digit' | undefined;

const createFormat = (locale: string, timeZone: string, second: Seconds) =>
  new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...(second && { second }),
    timeZone,
    timeZoneName: 'short',
  });

/** A zone that the runtime does not know is none. */
const formatIn = (locale: string, timeZone: string, second: Seconds) => {
  try {
    return createFormat(locale, timeZone, second);
  } catch {
    return createFormat(locale, 'UTC', second);
  }
};

export const createClock = (locale: string, timeZone = 'UTC', second?: Seconds): Clock => {
  const format = formatIn(locale, timeZone, second);
  return (seconds) => {
    const date = new Date(seconds * 1000);
    if (Number.isNaN(date.getTime())) return undefined;
    return html`<time datetime="${date.toISOString()}">${format.format(date)}</time>`;
  };
};
