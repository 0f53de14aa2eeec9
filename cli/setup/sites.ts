// The sites beside the first: what ZITADEL has to know of each, at the application of the first or at one of their own. Pure.
// ARCHITECTURE §7 Sites.

import { safeParse } from 'valibot';
import { RENAMED, translateNames } from '../../src/config/renamed.ts';
import { type GivenSite, givenSites, registeredUrls } from '../../src/config/resolve-sites.ts';
import { SITE_FIELDS } from '../../src/config/site-fields.ts';
import { isWildcard } from '../../src/config/site-hosts.ts';
import { isLoopback, parseCallbackUrl } from '../../src/config/urls.ts';
import { Wanted } from '../../src/config/values.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { endpointPath, folderOf } from '../../src/endpoints/catalogue.ts';
import type { Installation } from '../installation/installation.ts';
import { UsageError } from '../support/failure.ts';
import type { Addresses } from './wanted.ts';

export type Site = GivenSite;

/** Those of SITES, else the hosts that rules name; and the start page. `callback`: the first site's. */
export function readSites(environment: Installation['environment'], callback: string): readonly Site[] {
  const { given } = translateNames(environment, RENAMED);
  const sites = safeParse(VARIABLES.SITES.schema, given['SITES']);
  const routes = safeParse(VARIABLES.ROUTES.schema, given['ROUTES']);
  const portal = safeParse(VARIABLES.PORTAL_HOST.schema, given['PORTAL_HOST']);
  const first = parseCallbackUrl(callback);
  if (!sites.success || !portal.success)
    throw new UsageError(`${sites.success ? 'PORTAL_HOST' : 'SITES'} is not as it should be`, [
      'npx postern doctor --local says what is wrong with it',
    ]);
  if (first instanceof Wanted) return sites.output ?? [];
  return givenSites({
    SITES: sites.output,
    ROUTES: routes.success ? routes.output : undefined,
    ZITADEL_CALLBACK_URL: first,
    PORTAL_HOST: portal.output,
  });
}

export function parseSiteHost(typed: string): string {
  const parsed = safeParse(SITE_FIELDS.host.schema, typed);
  if (parsed.success) return parsed.output;
  throw new UsageError(`--site is ${parsed.issues[0].message}, not ${typed || 'nothing'}`, [
    'such as wiki.example.com',
  ]);
}

export interface Registration {
  /** Missing: the first site's application. */
  readonly clientId: string | undefined;
  readonly hosts: readonly string[];
  readonly projectId: string | undefined;
  readonly uris: readonly { readonly callback: string; readonly postLogout: string }[];
  /** Missing where no site of it has a host of its own that ZITADEL could reach. */
  readonly backChannel: string | undefined;
}

/** One for each application: the first site's, where others share it, and those of their own. */
export function planRegistrations(sites: readonly Site[], addresses: Addresses): readonly Registration[] {
  const first = parseCallbackUrl(addresses.callback);
  if (first instanceof Wanted) return [];
  const { protocol } = new URL(first.origin);
  const fitting = sites.filter(({ host }) => protocol === 'https:' || isLoopback(hostnameOf(host)));
  const written = {
    ZITADEL_CALLBACK_URL: first,
    ZITADEL_POST_LOGOUT_URL: addresses.isPostLogoutGiven ? addresses.postLogout : undefined,
  };
  const clients = [...new Set(fitting.map(({ client_id }) => client_id))];
  return clients.map((clientId) => {
    const own = fitting.filter(({ client_id }) => client_id === clientId);
    const uris = own.map(({ host }) => registeredUrls(written, host, `${protocol}//${host}`));
    const named = own.findIndex(({ host }) => !isWildcard(host));
    const at = { endpoints: folderOf(uris[named]?.redirect_uri ?? '') };
    return {
      clientId,
      hosts: own.map(({ host }) => host),
      projectId: own.find(({ project_id }) => project_id !== undefined)?.project_id,
      uris: uris.map(({ redirect_uri, post_logout_redirect_uri }) => ({
        callback: redirect_uri,
        postLogout: post_logout_redirect_uri,
      })),
      backChannel:
        named >= 0 && addresses.backChannel !== undefined ? endpointPath(at, 'backchannelLogout') : undefined,
    };
  });
}

const hostnameOf = (host: string): string => new URL(`https://${host.replace(/^\*\./, 'any.')}`).hostname;

/** Roles that rules of sites ask for, of the first site's project. With a map, they name what the application calls the roles. */
export const rolesOfSites = (sites: readonly Site[]): readonly string[] =>
  sites
    .filter(({ project_id, role_map }) => project_id === undefined && role_map === undefined)
    .flatMap(({ routes = [] }) => routes.flatMap(({ roles = [] }) => roles));
