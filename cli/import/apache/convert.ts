// From Apache with mod_auth_openidc to a gateway's configuration, for one of its sites.
// httpd: VirtualHost, Alias, DocumentRoot; mod_auth_openidc: auth_openidc.conf.

import { hostOf } from '../addresses.ts';
import type { Draft, Input, Reader, Wishes } from '../draft.ts';
import { type Directive, parseApache } from '../formats/apache.ts';
import { durationOf, type Table } from '../formats/structured.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { EVERYWHERE, type Fields, multiply, type Rule } from '../paths/rules.ts';
import { settle } from '../settings.ts';
import { AS_PUBLIC, settleUpstreamHost } from '../upstream-host.ts';
import { passedHeaders } from './headers.ts';
import { MOD_AUTH_OPENIDC } from './options.ts';
import { proxyRules, readProxies } from './proxies.ts';
import { refusalRules } from './refusals.ts';
import { pathOfLocation, readSections, rulesOfSection, type Section } from './sections.ts';
import { selectSite } from './virtual-hosts.ts';

export function convertApache(inputs: readonly Input[], wishes: Wishes, reader: Reader): Draft {
  const files = inputs.map(({ text }) => parseApache(text, reader));
  const unknown = files.flatMap((file) => file.unknown);
  const site = selectSite(
    files.flatMap(({ directives }) => directives),
    wishes,
  );
  const ledger = createLedger(MOD_AUTH_OPENIDC, optionsOf(site.directives));
  const one = (name: string) => textAfter(ledger.take(name));
  const remoteUser = one('OIDCRemoteUserClaim')?.split(/\s/)[0] ?? 'sub@';
  const around = {
    ledger,
    remoteUser,
    role: wishes.role,
    pathOfFolder: (folder: string) => pathOfFolder(folder, site.directives),
  };
  ledger.settle(
    'OIDCUnAuthAction',
    'OIDCPathAuthRequestParams',
    'Require',
    'RequireAny',
    'RequireAll',
    'RequireNone',
    'AuthType',
  );
  const sections = readSections(site.directives, around, unknown);
  const proxies = [
    ...sections.flatMap(({ body, within }) => readProxies(body, within[0]?.replace(/\/\*$/, '') || '/')),
    ...readProxies(site.directives),
  ];
  const proxied = proxyRules(proxies, ledger);
  const said = withoutCallback(
    [...refusalRules(site.directives, unknown), ...sections.flatMap((section) => rulesOfSection(section, around))],
    one('OIDCRedirectURI'),
  );
  const put = [
    [...said, ...restOf(said, { unknown, paths: proxied.paths, ledger })],
    proxied.rules,
    preservedHosts(site.directives, sections),
  ].reduce(multiply);
  for (const each of unknown)
    ledger.note(
      'closed',
      each,
      'it is not read here, and may say who may pass: nothing is opened beside what is said in full',
    );
  noteServed(proxied.main, ledger);
  const all = sectionBodies(site.directives, sections);
  const { vars, secrets, rules } = settleSettings(ledger, wishes, {
    host: site.host,
    rules: put,
    upstream: proxied.main,
  });
  const called = settleUpstreamHost(rules, 'ProxyPreserveHost', ledger);
  return {
    vars: {
      ...vars,
      ...called.vars,
      ...durations(ledger),
      ...passedHeaders(ledger, all, remoteUser),
    },
    rules: called.rules,
    secrets,
    notes: ledger.close(),
    host: site.named,
    otherHosts: site.others,
  };
}

/** A section's own word goes before that of the site. */
function preservedHosts(directives: readonly Directive[], sections: readonly Section[]): readonly Rule[] {
  const said = (body: readonly Directive[]): Fields | undefined => {
    const word = body.findLast(({ name }) => name === 'proxypreservehost')?.args[0];
    if (word === undefined) return undefined;
    return word.toLowerCase() === 'on' ? AS_PUBLIC : {};
  };
  const own = sections.flatMap(({ within, body }) => {
    const fields = said(body);
    return fields === undefined ? [] : within.map((path) => ({ path, fields }));
  });
  return [...own, { path: EVERYWHERE, fields: said(directives) ?? {} }];
}

/** By their own spelling; of the directives of others, those that matter to who may pass and where to. */
function optionsOf(directives: readonly Directive[]): ReadonlyMap<string, unknown> {
  const options = new Map<string, unknown>();
  const visit = ({ name, title, args, body }: Directive) => {
    if (name.startsWith('oidc') || /^(?:rewriterule|authldap\w*|authuserfile|authbasic\w*)$/.test(name))
      options.set(spelled(title), args.join(' '));
    body?.forEach(visit);
  };
  directives.forEach(visit);
  return options;
}

/** httpd does not care about case. */
function spelled(title: string): string {
  const options = MOD_AUTH_OPENIDC.sections.flatMap((section) => section.options);
  return options.find(({ name }) => name.toLowerCase() === title.toLowerCase())?.name ?? title;
}

const textAfter = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Under which path the files of a folder are seen. */
function pathOfFolder(folder: string, directives: readonly Directive[]): string | undefined {
  const aliases = directives
    .filter(({ name }) => name === 'alias')
    .map(({ args: [path = '', target = ''] }) => ({ path, target }));
  const root = directives.findLast(({ name }) => name === 'documentroot')?.args[0];
  const places = [...aliases, ...(root === undefined ? [] : [{ path: '/', target: root }])];
  const plain = folder.replace(/\/+$/, '');
  const place = places.find(({ target }) => `${plain}/`.startsWith(`${target.replace(/\/+$/, '')}/`));
  if (place === undefined) return undefined;
  return pathOfLocation(`${place.path.replace(/\/+$/, '')}${plain.slice(place.target.replace(/\/+$/, '').length)}`);
}

/** The redirect URI itself had to be protected there. */
function withoutCallback(rules: readonly Rule[], callback: string | undefined): readonly Rule[] {
  const path = URL.parse(callback ?? '', 'https://site.invalid/')?.pathname;
  return rules.filter((rule) => path === undefined || path === '/' || ![path, `${path}/*`].includes(rule.path));
}

/**
 * What no section speaks of was open to everybody, if it was passed on. It stays so only where everything has been read and something was
 * protected at all: else these are parts of a configuration, and the rest of it is not known.
 */
function restOf(
  said: readonly Rule[],
  { unknown, paths, ledger }: { unknown: readonly string[]; paths: readonly string[]; ledger: Ledger },
): readonly Rule[] {
  const isProtected = said.some(({ fields }) => fields['access'] !== 'public' && fields['access'] !== 'deny');
  const end: Rule = { path: EVERYWHERE, fields: {} };
  if (
    unknown.length > 0 ||
    !isProtected ||
    said.some(({ path, methods }) => path === EVERYWHERE && methods === undefined)
  )
    return [end];
  if (paths.length > 0)
    ledger.note(
      'todo',
      paths.join(', '),
      'what no section protects is open to everybody, as before: take the rule with access = "public" out where it need not be',
    );
  return [...paths.map((path) => ({ path, fields: { access: 'public' }, why: 'no section protected it' })), end];
}

function noteServed(main: string | undefined, ledger: Ledger): void {
  if (main === undefined)
    ledger.note(
      'todo',
      'DocumentRoot',
      'what Apache serves itself (files, PHP, CGI) needs an address that the gateway can reach: Apache stays, without mod_auth_openidc, behind it',
    );
}

const sectionBodies = (directives: readonly Directive[], sections: readonly Section[]): readonly Directive[] => [
  ...directives,
  ...sections.flatMap(({ body }) => body),
];

function settleSettings(
  ledger: Ledger,
  wishes: Wishes,
  known: { readonly host: string | undefined; readonly rules: readonly Rule[]; readonly upstream: string | undefined },
) {
  const one = (name: string) => textAfter(ledger.take(name));
  const callback = one('OIDCRedirectURI');
  const secret = one('OIDCClientSecret') === undefined ? undefined : 'OIDCClientSecret';
  ledger.settle('OIDCCryptoPassphrase');
  const isWhole = callback !== undefined && /^https?:/.test(callback);
  const host = isWhole ? hostOf(callback) : known.host;
  const ownHost = known.host !== undefined && host !== known.host ? known.host : undefined;
  if (ownHost !== undefined) ledger.note('changed', 'OIDCRedirectURI', 'each site signs in under its own address');
  const path = callback === undefined ? undefined : URL.parse(callback, 'https://site.invalid/')?.pathname;
  const origin = ownHost ?? host;
  const issuer = one('OIDCProviderMetadataURL') ?? one('OIDCProviderIssuer');
  ledger.settle('OIDCProviderIssuer');
  const found = {
    issuer,
    clientId: one('OIDCClientID'),
    clientSecret: secret,
    callback: origin !== undefined && path !== undefined ? `https://${origin}${path}` : undefined,
    host: origin,
    upstream: known.upstream,
  };
  return settle(found, wishes, known.rules, ledger);
}

function durations(ledger: Ledger): Table {
  const idle = durationOf(ledger.take('OIDCSessionInactivityTimeout'));
  const most = durationOf(ledger.take('OIDCSessionMaxDuration'));
  const claims = durationOf(String(ledger.take('OIDCUserInfoRefreshInterval') ?? '').split(/\s/)[0]);
  const limit = most ?? 43_200;
  const shorter = idle === undefined ? (limit < 3600 ? limit : undefined) : Math.min(idle, limit);
  return {
    ...(shorter !== undefined && { SESSION_DURATION: shorter }),
    ...(most !== undefined && { SESSION_MAX_DURATION: most }),
    ...(claims !== undefined && { CLAIMS_MAX_AGE: claims }),
  };
}
