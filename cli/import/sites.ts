// All hosts of the files as one gateway: the first is the first site, and what the same files say of each other is an entry of SITES.
// docs/moving.md, "Several hosts".

import { isWildcard } from '../../src/config/site-hosts.ts';
import { isLoopback } from '../../src/config/urls.ts';
import { folderOf } from '../../src/endpoints/catalogue.ts';
import { callbackOf, type Draft, type Wishes, withNotes } from './draft.ts';
import { isSiteHost } from './hosts.ts';
import { type Found, hostnameOf, joinSites, type Left } from './join-sites.ts';
import { noteOf } from './ledger.ts';
import { isClosed } from './paths/rules.ts';
import { freeFolder, isFree, STAND_IN } from './settings.ts';

type ConvertHost = (wishes: Wishes) => Draft;

/** `convert` makes the draft of one host, which stands in the wishes; without one, of the first. */
export function importSites(convert: ConvertHost, asked: Wishes): Draft {
  const wishes = { ...asked, host: asked.host ?? betterFirst(convert, asked) };
  const draft = convert(wishes);
  if (wishes.isAlone || draft.otherHosts.length === 0) return draft;
  const { domain, role } = wishes;
  const drafts = draft.otherHosts.map((host) => ({
    host,
    own: isSiteHost(host) ? convert({ domain, role, host }) : undefined,
  }));
  const first = withDomain(draft, drafts);
  const { found, left } = sortOut(first, drafts);
  const folder = freeFolderOf(wishes, first, found);
  if (folder === undefined) return joinSites(first, found, left);
  const { origin } = new URL(callbackOf(first));
  const moved = withDomain(convert({ ...wishes, url: `${origin}${folder}/callback` }), drafts);
  const note = `${folder} instead, since ${folderOf(new URL(callbackOf(first)).pathname)} has pages of an application at one of the sites`;
  return joinSites(withNotes(moved, [noteOf('changed', 'ZITADEL_CALLBACK_URL', note)]), found, left);
}

/** The host of `--url` where the files have it, else the first that has an application. */
function betterFirst(convert: ConvertHost, wishes: Wishes): string | undefined {
  const draft = convert(wishes);
  const hosts = draft.otherHosts.filter((host) => isSiteHost(host) && !isWildcard(host));
  const asked = wishes.url === undefined ? undefined : new URL(wishes.url).host;
  const named = hosts.find((host) => host === asked);
  if (named !== undefined || !isDead(draft)) return named;
  return hosts.find((host) => !isDead(convert({ ...wishes, host })));
}

/** Nothing that a rule lets anybody reach. */
const isDead = ({ vars, rules }: Draft): boolean =>
  vars['UPSTREAM_URL'] === STAND_IN.upstream && rules.every(({ fields }) => isClosed(fields));

/** A gateway has one ZITADEL: where the files of the first name none, that of another. */
function withDomain(first: Draft, drafts: readonly { readonly own: Draft | undefined }[]): Draft {
  const known = [first, ...drafts.flatMap(({ own }) => own ?? [])].map(({ vars }) => vars['ZITADEL_DOMAIN']);
  const domain = known.find((each) => each !== STAND_IN.domain);
  if (domain === undefined || domain === first.vars['ZITADEL_DOMAIN']) return first;
  const notes = first.notes.filter(({ about }) => about !== 'ZITADEL_DOMAIN');
  const todo = 'not known yet: npx postern setup registers the application and enters it';
  return {
    ...first,
    vars: { ...first.vars, ZITADEL_DOMAIN: domain },
    notes: [...notes, noteOf('todo', 'ZITADEL_CLIENT_ID', todo)],
  };
}

/** Which hosts become sites, and why the others don't. */
function sortOut(
  first: Draft,
  drafts: readonly { readonly host: string; readonly own: Draft | undefined }[],
): { readonly found: readonly Found[]; readonly left: readonly Left[] } {
  const { protocol, hostname } = new URL(callbackOf(first));
  const taken = new Set([hostname]);
  const found: Found[] = [];
  const left: Left[] = [];
  // The cookies of a name are for all its ports: the usual one goes first.
  const hasPort = ({ host }: (typeof drafts)[number]) => Number(hostnameOf(host) !== host);
  for (const { host, own } of drafts.toSorted((one, other) => hasPort(one) - hasPort(other))) {
    const name = hostnameOf(host);
    const domain = own?.vars['ZITADEL_DOMAIN'];
    if (own === undefined) left.push({ host, why: 'a * stands for the whole first part of a name, or not at all' });
    else if (taken.has(name))
      left.push({ host, why: `${name} is a site already, and its cookies are for all its ports` });
    else if (isDead(own)) left.push({ host, why: 'the files name no web application that a rule could lead to' });
    else if (domain !== STAND_IN.domain && domain !== first.vars['ZITADEL_DOMAIN'])
      left.push({ host, why: 'it signs in at another ZITADEL: it needs a gateway of its own (--host with --only)' });
    else if (protocol === 'http:' && !isLoopback(name)) left.push({ host, why: 'the first site is on loopback alone' });
    else {
      taken.add(name);
      found.push({ host, own });
    }
  }
  return { found, left };
}

/** `undefined`: no site has pages in that of the first, or it was asked for. */
function freeFolderOf({ url }: Wishes, first: Draft, found: readonly Found[]): string | undefined {
  const folder = folderOf(new URL(callbackOf(first)).pathname);
  const isAsked = url !== undefined && new URL(url).pathname !== '/';
  if (isAsked || found.every(({ own }) => isFree(folder, own.rules))) return undefined;
  return freeFolder([...first.rules, ...found.flatMap(({ own }) => own.rules)]);
}
