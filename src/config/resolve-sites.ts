// From SITES to one configuration per site: the variables at the top are the first site, and every other site's defaults.
// ARCHITECTURE §7 Sites. Each site is assembled when its first request comes: an isolate sees few of hundreds.

import { assembleConfig } from './assemble.ts';
import { type Judged, judgeSite } from './consistency.ts';
import { placeOfSite } from './issues.ts';
import type { NamedSecrets } from './named-secrets.ts';
import type { Config, ServedSite } from './schema.ts';
import { SITE_FIELDS, type SiteField } from './site-fields.ts';
import { isLoopback, parseLocalUrl } from './urls.ts';
import type { Variables } from './variables.ts';

type GivenSite = NonNullable<Variables['SITES']>[number];

const FIELDS = Object.keys(SITE_FIELDS) as SiteField[];

/**
 * The first site, and every other. `written` holds sound values only. Where none is configured, a host that rules name is one with the settings and
 * rules of the first.
 */
export function assembleSites(
  written: Variables,
  namedSecrets: NamedSecrets,
): { readonly config: Config; readonly sites: readonly ServedSite[] } {
  const sites =
    written.SITES ?? hostsOfRules(written).map((host): GivenSite => ({ host, routes: written.ROUTES ?? [] }));
  return {
    config: assembleConfig(written, namedSecrets),
    sites: sites.map((given) => ({
      host: given.host,
      at: (host) => assembleSite(written, given, host, namedSecrets),
    })),
  };
}

function hostsOfRules({ ROUTES, ZITADEL_CALLBACK_URL }: Variables): readonly string[] {
  const own = new URL(ZITADEL_CALLBACK_URL.origin).host;
  return [...new Set(ROUTES?.flatMap(({ hosts }) => hosts ?? []))].filter((host) => host !== own);
}

function assembleSite(written: Variables, given: GivenSite, host: string, namedSecrets: NamedSecrets): Config {
  const first = written.ZITADEL_CALLBACK_URL;
  const origin = `${new URL(first.origin).protocol}//${host}`;
  // ZITADEL knows no redirect URI with a wildcard.
  const redirect_uri = isWildcard(given.host) ? first.redirect_uri : origin + first.pathname;
  const variables: Variables = {
    ...written,
    ...ownVariables(given),
    ROUTES: given.routes,
    ZITADEL_CALLBACK_URL: { ...first, origin, redirect_uri },
    ZITADEL_POST_LOGIN_URL: parseLocalUrl(written.ZITADEL_POST_LOGIN_URL, first.origin) ?? '/',
    ZITADEL_POST_LOGOUT_URL: postLogoutUrl(written, given, origin),
    ...(given.client_id !== undefined && { ZITADEL_CLIENT_SECRET: undefined, ZITADEL_CLIENT_KEY: undefined }),
    ...(given.upstream !== undefined && { UPSTREAM_SECRET: namedSecrets[given.upstream_secret ?? ''] }),
  };
  return {
    ...assembleConfig(variables, namedSecrets),
    site: host,
    firstSite: new URL(first.origin).host,
    wildcards: [],
  };
}

function postLogoutUrl(
  { ZITADEL_POST_LOGOUT_URL: url, ZITADEL_CALLBACK_URL: first }: Variables,
  { host }: GivenSite,
  origin: string,
): string | undefined {
  if (isWildcard(host)) return `${first.origin}${first.endpoints}/logout/callback`;
  return url === undefined ? undefined : origin + url.slice(first.origin.length);
}

/** What a site's fields stand in for, as variables. */
function ownVariables(given: GivenSite): Partial<Variables> {
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const { variable } = SITE_FIELDS[field];
      return variable === undefined || given[field] === undefined ? [] : [[variable, given[field]]];
    }),
  );
}

const isWildcard = (host: string): boolean => host.startsWith('*.');

/** The host of a site, as a request to a scheme has it. */
const hostAt = (protocol: string, host: string): string => host.replace(protocol === 'http:' ? /:80$/ : /:443$/, '');

/** What the sites have to keep among each other, and each by itself. */
export function judgeSites(judged: Judged): void {
  const { parsed, problem } = judged;
  const { SITES: sites = [], ZITADEL_CALLBACK_URL: callback } = parsed;
  const taken = new Map<string, string>();
  const first = callback && new URL(callback.origin);
  if (first) taken.set(first.hostname, 'ZITADEL_CALLBACK_URL');
  sites.forEach((given, i) => {
    const { hostname } = new URL(`https://${given.host.replace(/^\*\./, '_.')}`);
    const refuse = (wanted: string) => problem('SITES', wanted, placeOfSite(i, 'host'), given.host);
    const other = taken.get(hostname);
    // Browsers send the cookies of a host to all its ports.
    if (other !== undefined) refuse(`a host of its own, also without its port: this is that of ${other}`);
    else if (first?.protocol === 'http:' && !isLoopback(hostname))
      refuse('a host on loopback (wiki.localhost), since ZITADEL_CALLBACK_URL is plain HTTP');
    taken.set(hostname, `site ${i + 1}`);
    judgeSite(ofSite(judged, given, i));
  });
}

/** Judges a site as if its fields were the variables; what is wrong is said of the fields. */
function ofSite(judged: Judged, given: GivenSite, i: number): Judged {
  const { parsed, problem, warn } = judged;
  const origin =
    parsed.ZITADEL_CALLBACK_URL && `${new URL(parsed.ZITADEL_CALLBACK_URL.origin).protocol}//${given.host}`;
  return {
    ...judged,
    env: { ...judged.env, ...(given.project_id !== undefined && { ZITADEL_PROJECT_ID: given.project_id }) },
    parsed: {
      ...parsed,
      ...ownVariables(given),
      ROUTES: given.routes ?? [],
      ...(parsed.ZITADEL_CALLBACK_URL &&
        origin && { ZITADEL_CALLBACK_URL: { ...parsed.ZITADEL_CALLBACK_URL, origin } }),
    },
    problem: (variable, wanted, place = '', found = undefined) => {
      const field = FIELDS.find((each) => SITE_FIELDS[each].variable === variable);
      problem('SITES', wanted, placeOfSite(i, field) + place, found ?? (field && given[field]));
    },
    warn: (sentence) => warn(`SITES${placeOfSite(i)} (${given.host}): ${sentence}`),
  };
}

/** The site of a request's host. One that stands there by itself goes before a wildcard; without a port it stands for all ports. */
export function compileSites(sites: readonly ServedSite[], origin: string): (host: string) => ServedSite | undefined {
  const { protocol } = new URL(origin);
  const byHost = new Map(sites.map((site) => [hostAt(protocol, site.host), site]));
  return (host) => byHost.get(host) ?? byHost.get(`*.${host.slice(host.indexOf('.') + 1)}`);
}
