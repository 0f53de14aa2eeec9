// From SITES to one configuration per site: the variables at the top are the first site, and every other site's defaults.
// ARCHITECTURE §7 Sites. Each site is assembled when its first request comes: an isolate sees few of hundreds.

import { endpointPath } from '../endpoints/catalogue.ts';
import { assembleConfig } from './assemble.ts';
import { type Judged, judgeLogo, judgeSite } from './consistency.ts';
import { placeOfSite } from './issues.ts';
import type { NamedSecrets } from './named-secrets.ts';
import { assemblePortal } from './portal.ts';
import type { Config, ServedSite } from './schema.ts';
import { SITE_FIELDS, type SiteField } from './site-fields.ts';
import {
  compileHandsOverTo,
  compileOwnOrigins,
  compileSites,
  isWildcard,
  judgeHostsOfRules,
  portOf,
  sitesOfRules,
} from './site-hosts.ts';
import { isLoopback, parseLocalUrl, writeUpstream } from './urls.ts';
import type { VariableName, Variables } from './variables.ts';

export type GivenSite = NonNullable<Variables['SITES']>[number];
type WhereSitesAre = Pick<Variables, 'SITES' | 'ROUTES' | 'ZITADEL_CALLBACK_URL'> &
  Partial<Pick<Variables, 'PORTAL_HOST'>>;
type UrlsOfFirst = Pick<Variables, 'ZITADEL_POST_LOGOUT_URL' | 'ZITADEL_CALLBACK_URL'> &
  Partial<Pick<Variables, 'PORTAL_HOST'>>;

const FIELDS = Object.keys(SITE_FIELDS) as SiteField[];

/**
 * The first site, and every other. `written` holds sound values only. Where none is configured, a host that rules name is one with the settings and
 * rules of the first.
 */
export function assembleSites(
  written: Variables,
  namedSecrets: NamedSecrets,
): { readonly config: Config; readonly sites: readonly ServedSite[] } {
  const config = assembleConfig(written, namedSecrets);
  const { PORTAL_HOST: portal, ...ofApplications } = written;
  const sites = givenSites(ofApplications).map((given) => ({
    host: given.host,
    isOfRules: written.SITES === undefined,
    at: (host: string) => assembleSite(written, given, isWildcard(given.host) ? host : given.host, namedSecrets),
  }));
  if (portal === undefined) return handingOver(config, sites);
  const named = sites.filter(({ host }) => !isWildcard(host));
  const shown = () => [config, ...named.map(({ host, at }) => at(host))];
  const assemble = (variables: Variables) => assembleSite(variables, { host: portal, routes: [] }, portal, {});
  return handingOver(config, [...sites, { host: portal, at: () => assemblePortal(written, shown, assemble) }]);
}

function handingOver(config: Config, sites: readonly ServedSite[]) {
  const handsOverTo = compileHandsOverTo(sites, config.origin);
  return { config: handsOverTo ? { ...config, handsOverTo } : config, sites };
}

/** Those beside the first; the start page is the last. */
export const givenSites = (written: WhereSitesAre): readonly GivenSite[] => [
  ...(written.SITES ??
    sitesOfRules(written, written.ZITADEL_CALLBACK_URL.origin).map(
      (host): GivenSite => ({ host, routes: written.ROUTES ?? [] }),
    )),
  ...(written.PORTAL_HOST === undefined ? [] : [{ host: written.PORTAL_HOST, routes: [] }]),
];

function assembleSite(written: Variables, given: GivenSite, host: string, namedSecrets: NamedSecrets): Config {
  const first = written.ZITADEL_CALLBACK_URL;
  const origin = `${new URL(first.origin).protocol}//${host}`;
  const { redirect_uri, post_logout_redirect_uri } = registeredUrls(written, given.host, origin);
  const variables: Variables = {
    ...written,
    // A host name there is that of UPSTREAM_URL alone.
    ...(given.upstream !== undefined && written.UPSTREAM_HOST !== 'public' && { UPSTREAM_HOST: 'upstream' }),
    ...ownVariables(given),
    ROUTES: given.routes,
    ZITADEL_CALLBACK_URL: { ...first, origin, redirect_uri },
    ZITADEL_POST_LOGIN_URL: parseLocalUrl(written.ZITADEL_POST_LOGIN_URL, first.origin) ?? '/',
    ZITADEL_POST_LOGOUT_URL: post_logout_redirect_uri,
    ...(given.client_id !== undefined && { ZITADEL_CLIENT_SECRET: undefined, ZITADEL_CLIENT_KEY: undefined }),
    ...(given.upstream !== undefined && { UPSTREAM_SECRET: namedSecrets[given.upstream_secret ?? ''] }),
  };
  return {
    ...assembleConfig(variables, namedSecrets),
    site: host,
    siteName: given.host,
    firstSite: new URL(first.origin).host,
  };
}

/** What ZITADEL has to know of a site. It takes no redirect URI with a wildcard: whom one stands for signs in by way of the first site. */
export function registeredUrls(
  { ZITADEL_POST_LOGOUT_URL: url, ZITADEL_CALLBACK_URL: first, PORTAL_HOST }: UrlsOfFirst,
  host: string,
  origin: string,
): Pick<Config, 'redirect_uri' | 'post_logout_redirect_uri'> {
  const ownLogout = endpointPath(first, 'logoutCallback');
  if (isWildcard(host)) return { redirect_uri: first.redirect_uri, post_logout_redirect_uri: first.origin + ownLogout };
  // A page of the application's is not there at the start page.
  const afterLogout = url === undefined || host === PORTAL_HOST ? ownLogout : url.slice(first.origin.length);
  return { redirect_uri: origin + first.pathname, post_logout_redirect_uri: origin + afterLogout };
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

/** What the sites have to keep among each other, and each by itself. */
export function judgeSites(judged: Judged): void {
  const { parsed, problem } = judged;
  const { SITES: sites = [], ZITADEL_CALLBACK_URL: callback, PORTAL_HOST: portal } = parsed;
  const taken = new Map<string, string>();
  const first = callback && new URL(callback.origin);
  if (first) taken.set(first.hostname, 'ZITADEL_CALLBACK_URL');
  const judgeHost = (host: string, name: string, place: string, refuse: (wanted: string) => void) => {
    const hostname = hostnameOf(host);
    const other = taken.get(hostname);
    // Browsers send the cookies of a host to all its ports.
    if (other !== undefined) refuse(`a host of its own, also without its port: this is that of ${other}`);
    else if (first?.protocol === 'http:' && !isLoopback(hostname))
      refuse('a host on loopback (wiki.localhost), since ZITADEL_CALLBACK_URL is plain HTTP');
    else if (first?.protocol === 'http:' && portOf(host) !== first.port)
      judged.warn(`${place} (${host}): nothing listens there: the port is that of ${first.host}`);
    taken.set(hostname, name);
  };
  sites.forEach((given, i) => {
    const refuse = (wanted: string) => problem('SITES', wanted, placeOfSite(i, 'host'), given.host);
    judgeHost(given.host, `site ${i + 1}`, `SITES${placeOfSite(i)}`, refuse);
    const own = ofSite(judged, given, i);
    judgeSite(own);
    if (given.brand_logo_url !== undefined) judgeLogo(own);
    judgeHostsOfRules(given.routes ?? [], given.host, own.warn);
  });
  if (first) judgeHostsOfRules(parsed.ROUTES ?? [], first.host, judged.warn, parsed.SITES === undefined);
  if (portal === undefined) return;
  for (const host of first ? sitesOfRules(parsed, first.origin) : [])
    taken.set(hostnameOf(host), 'a rule, and so a site');
  judgeHost(portal, 'PORTAL_HOST', 'PORTAL_HOST', (wanted) => problem('PORTAL_HOST', wanted, '', portal));
}

const hostnameOf = (host: string): string => new URL(`https://${host.replace(/^\*\./, '_.')}`).hostname;

const isFor = (variable: VariableName) => (field: SiteField) => SITE_FIELDS[field].variable === variable;

/** Judges a site as if its fields were the variables; what is wrong is said of the fields. */
function ofSite(judged: Judged, given: GivenSite, i: number): Judged {
  const { parsed, problem, warn } = judged;
  // What is the first site's alone has been judged there.
  const { UPSTREAM_URL: _, SESSION_DURATION, ...inherited } = parsed;
  const hasDurations = given.session_duration !== undefined || given.session_max_duration !== undefined;
  const origin =
    parsed.ZITADEL_CALLBACK_URL && `${new URL(parsed.ZITADEL_CALLBACK_URL.origin).protocol}//${given.host}`;
  return {
    ...judged,
    env: { ...judged.env, ...(given.project_id !== undefined && { ZITADEL_PROJECT_ID: given.project_id }) },
    parsed: {
      ...inherited,
      ...(hasDurations && SESSION_DURATION !== undefined && { SESSION_DURATION }),
      ...ownVariables(given),
      ROUTES: given.routes ?? [],
      ...(parsed.ZITADEL_CALLBACK_URL &&
        origin && { ZITADEL_CALLBACK_URL: { ...parsed.ZITADEL_CALLBACK_URL, origin } }),
    },
    nameOf: (variable) => FIELDS.find((field) => isFor(variable)(field) && given[field] !== undefined) ?? variable,
    problem: (variable, wanted, place = '', found = undefined) => {
      const field = FIELDS.find(isFor(variable));
      const written = field === 'upstream' ? writeUpstream(given.upstream) : field && given[field];
      problem('SITES', wanted, placeOfSite(i, field) + place, found ?? written);
    },
    warn: (sentence) => warn(`SITES${placeOfSite(i)} (${given.host}): ${sentence}`),
  };
}

/** Whether an origin leads to the gateway itself, at whichever site. */
export function compileIsOwn(parsed: Partial<Variables>): (origin: string) => boolean {
  const { ZITADEL_CALLBACK_URL, SITES, ROUTES, PORTAL_HOST } = parsed;
  if (ZITADEL_CALLBACK_URL === undefined) return () => false;
  const sites = givenSites({ SITES, ROUTES, PORTAL_HOST, ZITADEL_CALLBACK_URL });
  return compileOwnOrigins(
    ZITADEL_CALLBACK_URL.origin,
    sites.map(({ host }) => host),
  );
}

/** The configuration that answers a request to a host: its site's. A host that is no site's is the first site's to refuse. */
export function compileConfigs({ config, sites }: { config: Config; sites: readonly ServedSite[] }) {
  const firstHost = new URL(config.origin).host;
  const siteOf = compileSites(sites, config.origin);
  return (host: string): { readonly config: Config; readonly site: string } => {
    const site = host === firstHost ? undefined : siteOf(host);
    return { config: site?.at(host) ?? config, site: site?.host ?? firstHost };
  };
}
