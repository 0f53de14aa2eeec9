// Several drafts as one: the entries of SITES, and what their hosts have to keep among each other.
// ARCHITECTURE §7 Sites.

import { compileOwnOrigins, isWildcard } from '../../src/config/site-hosts.ts';
import { callbackOf, type Draft, type Site, withNotes } from './draft.ts';
import { isSiteHost, mayMeetWildcard } from './hosts.ts';
import { joinNotes } from './join-notes.ts';
import { type Note, noteOf } from './ledger.ts';
import { CLOSED, EVERYWHERE } from './paths/rules.ts';
import { becomesOwn, STAND_IN, withoutOwn } from './settings.ts';
import { fieldsOfSite } from './site-fields.ts';

export interface Found {
  readonly host: string;
  readonly own: Draft;
}

/** No site, and why. */
export interface Left {
  readonly host: string;
  readonly why: string;
}

/** The first with its sites. */
export function joinSites(draft: Draft, found: readonly Found[], left: readonly Left[]): Draft {
  const { origin, host } = new URL(callbackOf(draft));
  const isOwn = ownOrigins(
    origin,
    found.map((each) => each.host),
  );
  const first = withoutOwnUpstreams(draft, isOwn);
  const taken = new Set([host, ...found.map((each) => each.host)].map(hostnameOf));
  const gone = [...left, ...renamed(draft, host)];
  const sites = found.map((each) => siteOf(each, { first, stranger: strangerAt(each.host, gone, taken), isOwn }));
  const closed = gone.filter(
    (each) => !taken.has(hostnameOf(each.host)) && found.some((site) => isCovered(each.host, site.host)),
  );
  return {
    ...first,
    sites: [...sites.map(({ site }) => site), ...closed.map(closedSite)],
    notes: [
      ...joinNotes({ host, notes: [...first.notes, ...notesOnFirst(host, found)] }, sites),
      ...left.map(({ host: name, why }) => noteOf('closed', name, `no site: ${why}`)),
    ],
    otherHosts: left.map((each) => each.host),
  };
}

export const hostnameOf = (host: string): string => host.replace(/:\d+$/, '');

/** The first has another name now. */
const renamed = ({ host: before }: Draft, host: string): readonly Left[] =>
  before === undefined || before === host ? [] : [{ host: before, why: `it is ${host} now` }];

/** Its requests would be answered by the wildcard's rules. */
const isCovered = (host: string, wildcard: string): boolean =>
  isWildcard(wildcard) && !host.includes('*') && wildcard.slice(1) === host.slice(host.indexOf('.'));

/** Of whom some names would get the wildcard's rules, and can't be closed by a site of their own. */
const strangerAt = (wildcard: string, gone: readonly Left[], taken: ReadonlySet<string>): Left | undefined =>
  gone.find(({ host }) =>
    isSiteHost(host)
      ? isCovered(host, wildcard) && taken.has(hostnameOf(host))
      : isWildcard(wildcard) && mayMeetWildcard(host, wildcard),
  );

function ownOrigins(origin: string, hosts: readonly string[]): (upstream: string) => boolean {
  const isOwn = compileOwnOrigins(origin, hosts);
  return (upstream) => isOwn(new URL(upstream).origin);
}

function withoutOwnUpstreams(draft: Draft, isOwn: (upstream: string) => boolean): Draft {
  const notes: Note[] = [];
  const note = (...[kind, about, text]: Parameters<typeof noteOf>) => notes.push(noteOf(kind, about, text));
  const rules = withoutOwn(draft.rules, isOwn, { note });
  const upstream = String(draft.vars['UPSTREAM_URL']);
  if (!isOwn(upstream)) return withNotes({ ...draft, rules }, notes);
  note('todo', 'UPSTREAM_URL', becomesOwn(upstream));
  return withNotes({ ...draft, rules, vars: { ...draft.vars, UPSTREAM_URL: STAND_IN.upstream } }, notes);
}

interface Beside {
  readonly first: Draft;
  /** Somebody else's rules are for some of its names. */
  readonly stranger: Left | undefined;
  readonly isOwn: (upstream: string) => boolean;
}

function siteOf({ host, own }: Found, { first, stranger, isOwn }: Beside) {
  const { vars, rules, notes } = withoutOwnUpstreams(own, isOwn);
  const fields = fieldsOfSite(vars, first.vars);
  const closing = stranger && `some of its names are those of ${stranger.host}, for which the files have other rules`;
  const site: Site = closing
    ? { host, fields, rules: [{ path: EVERYWHERE, fields: CLOSED }], why: closing }
    : { host, fields, rules };
  const further = [
    'client_id' in fields ? noteOf('todo', 'client_id', OWN_CLIENT) : undefined,
    isWildcard(host) ? noteOf('todo', host, WILDCARD) : undefined,
    closing
      ? noteOf('closed', host, `nobody passes: ${closing}. Write each as a site of its own, then open it`)
      : undefined,
  ];
  return { host, site, notes: [...notes, ...further.filter((each) => each !== undefined)] };
}

const OWN_CLIENT =
  'an application of its own has no secret: let it take PKCE alone at ZITADEL, or leave client_id out and register the site at that of the first';
const WILDCARD =
  'it serves names with one more part, and people sign in by way of the first site. It needs a record in the DNS and a certificate; see that zone_name in wrangler.toml is your zone';

const closedSite = ({ host, why }: Left): Site => ({
  host,
  fields: {},
  rules: [{ path: EVERYWHERE, fields: CLOSED }],
  why: `closed, and none of the wildcard’s: ${why}`,
});

/** The files have no name that could be the callback's. */
const notesOnFirst = (host: string, found: readonly Found[]): readonly Note[] =>
  host.startsWith('sign-in.') && found.some((each) => each.host === host.replace(/^[^.]*/, '*'))
    ? [
        noteOf(
          'todo',
          'ZITADEL_CALLBACK_URL',
          `the files name only hosts with a *: ${host} is the first site, by way of which people sign in at the others. --host says another`,
        ),
      ]
    : [];
