// Sessions as lines for a person: device in words, times as how long ago.

import { describeUserAgent } from '../../src/pages/device.ts';
import { alignColumns } from '../support/look.ts';
import type { Listed } from './operator-endpoint.ts';

/** `now` in seconds. */
export function printSessions({ sub, sessions }: Listed, now: number): readonly string[] {
  if (sessions.length === 0) return [`${printable(sub)} has no session`];
  const hasSites = sessions.some(({ site }) => site !== undefined);
  const ofSite = (text: string) => (hasSites ? [text] : []);
  const rows = sessions.map(({ id, site, user_agent, place, started_at, seen_at, expires_at }) => {
    const { browser = 'unknown browser', system } = describeUserAgent(user_agent ?? '');
    const device = system === undefined ? browser : `${browser}, ${system}`;
    return [
      printable(id),
      ...ofSite(printable(site ?? '-')),
      device,
      printable(place ?? '-'),
      ago(started_at, now),
      ago(seen_at, now),
      `in ${span(expires_at - now)}`,
    ];
  });
  return alignColumns([
    ['ID', ...ofSite('SITE'), 'DEVICE', 'PLACE', 'SIGNED IN', 'LAST SEEN', 'ENDS AT THE LATEST'],
    ...rows,
  ]);
}

const ago = (at: number, now: number) => `${span(now - at)} ago`;

function span(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A terminal obeys control characters, wherever they come from. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
