// The notes of several sites as one list: what is said of all of them stands there once, and what is said of some has their hosts before it.

import type { Note } from './ledger.ts';
import { fieldFor } from './site-fields.ts';

export interface NotesOfSite {
  readonly host: string;
  readonly notes: readonly Note[];
}

/** What the gateway has once: the first site's word counts. */
const GATEWAYS = ['ZITADEL_DOMAIN', 'ZITADEL_CLIENT_ID', 'ZITADEL_CALLBACK_URL'];
const MOST_NAMED = 3;

export function joinNotes(first: NotesOfSite, others: readonly NotesOfSite[]): readonly Note[] {
  const ofOthers = others.flatMap(({ host, notes }) =>
    notes.filter(({ about }) => !GATEWAYS.includes(about)).map((note) => ({ host, note })),
  );
  const all = [...first.notes.map((note) => ({ host: first.host, note })), ...ofOthers];
  const groups = [...Map.groupBy(all, ({ note }) => JSON.stringify(note)).values()];
  return groups.flatMap((group) => {
    const [one] = group;
    const hosts = group.map(({ host }) => host);
    return one === undefined ? [] : [label(one.note, hosts, first.host, hosts.length > others.length)];
  });
}

function label(note: Note, hosts: readonly string[], first: string, isOfAll: boolean): Note {
  const { kind, about } = note;
  if (isOfAll || kind === 'unneeded' || GATEWAYS.includes(about) || hosts.some((host) => about.includes(host)))
    return note;
  const more = hosts.length - MOST_NAMED;
  const named = `${hosts.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return { ...note, about: `${named}: ${hosts.includes(first) ? about : fieldFor(about)}` };
}
