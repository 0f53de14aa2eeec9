// The other hosts of the files, as entries of SITES: what the same files say of each, as far as it is not what the first site has.
// docs/sites.md.

import { SITE_FIELDS, type SiteField } from '../../src/config/site-fields.ts';
import { folderOf } from '../../src/endpoints/catalogue.ts';
import type { Draft, Site } from './draft.ts';
import type { Note } from './ledger.ts';
import { STAND_IN } from './settings.ts';

/** `convertHost` makes the draft of one host alone. Hosts for which the files name no application stay in `otherHosts`. */
export function withSites(draft: Draft, convertHost: (host: string) => Draft): Draft {
  const drafts = draft.otherHosts.map((host) => ({ host, own: convertHost(host) }));
  const isSite = ({ own }: (typeof drafts)[number]) =>
    own.vars['UPSTREAM_URL'] !== STAND_IN.upstream && own.vars['ZITADEL_DOMAIN'] === draft.vars['ZITADEL_DOMAIN'];
  const found = drafts.filter(isSite);
  return {
    ...draft,
    sites: found.map(({ host, own }) => siteOf(host, own, draft)),
    notes: [...draft.notes, ...found.flatMap(({ host, own }) => notesOf(host, own, draft))],
    otherHosts: drafts.filter((each) => !isSite(each)).map(({ host }) => host),
  };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Each field with the variable that it stands in for. */
const FIELDS = Object.entries(SITE_FIELDS).flatMap(([field, { variable }]) =>
  variable === undefined || variable === 'ROUTES' ? [] : [[field as SiteField, variable as string] as const],
);

function siteOf(host: string, own: Draft, first: Draft): Site {
  const fields = FIELDS.flatMap(([field, variable]) => {
    const value = own.vars[variable];
    return value === undefined || isSame(value, first.vars[variable]) ? [] : [[field, value] as const];
  });
  return { host, fields: Object.fromEntries(fields), rules: own.rules };
}

/** What was said of the first already is not said again. */
function notesOf(host: string, own: Draft, first: Draft): readonly Note[] {
  const known = new Set(first.notes.map((note) => JSON.stringify(note)));
  const inherited = FIELDS.filter(([, name]) => first.vars[name] !== undefined && own.vars[name] === undefined);
  const folders = [own, first].map(({ vars }) => folderOf(new URL(String(vars['ZITADEL_CALLBACK_URL'])).pathname));
  const changed = (about: string, text: string): Note => ({ kind: 'changed', about, text });
  return [
    ...own.notes.filter((note) => !known.has(JSON.stringify(note))),
    ...inherited.map(([field, name]) => changed(name, `what the first site has; ${field} of the site says otherwise`)),
    ...(folders[0] === folders[1]
      ? []
      : [changed('ZITADEL_CALLBACK_URL', `the folder is the first site’s, ${folders[1]}`)]),
    ...(isSame(own.vars['ZITADEL_CLIENT_ID'], first.vars['ZITADEL_CLIENT_ID'])
      ? []
      : [changed('client_id', 'an application of its own takes PKCE alone at ZITADEL, without a secret')]),
  ].map((note) => ({ ...note, about: `${host}, ${note.about}` }));
}
