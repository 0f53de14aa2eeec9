// SITES: the fields of a site, each with what is wanted of it and the variable that it stands in for, and the judgement of its host.
// ARCHITECTURE §7 Sites; RFC 9110 §7.2 (Host); RFC 5890 (international names).

import { exactOptional } from 'valibot';
import { identityHeaders, securityHeaders } from './header-tables.ts';
import { helpUrl } from './help.ts';
import { brandColor, brandLogo, clientId, id, nameOfBrand, roleMap } from './kinds.ts';
import { route } from './routes.ts';
import { strictTable } from './strict-table.ts';
import { upstreamHost } from './upstream-host.ts';
import { parseHttpUrl, parseUpstream, WANTED_UPSTREAM } from './urls.ts';
import { judged, list, matching, seconds, Wanted } from './values.ts';

const WANTED_SITE =
  'the host of a site, with its port where it is not the usual one; *. before it stands for one name of any kind';

const LONGEST = { label: 63, name: 253 };

/** The host as requests have it: international names in their ASCII form. */
function judgeSiteHost(written: string): string | Wanted {
  const isWildcard = written.startsWith('*.');
  const bare = isWildcard ? written.slice(2) : written;
  const url = parseHttpUrl(`https://${bare}`);
  if (url === undefined || /[/?#%@*]/.test(bare) || url.hostname.includes('*')) return new Wanted(likelyHost(written));
  if (url.hostname.endsWith('.')) return new Wanted(`${WANTED_SITE}; without the dot at its end`);
  if (url.port === '0') return new Wanted(`${WANTED_SITE}; nothing listens on port 0`);
  const labels = url.hostname.split('.');
  if (labels.some((label) => label === '' || (label.length > LONGEST.label && !label.startsWith('['))))
    return new Wanted(`${WANTED_SITE}; between the dots of a name are 1 to ${LONGEST.label} letters`);
  if (url.hostname.length > LONGEST.name) return new Wanted(`${WANTED_SITE}; of at most ${LONGEST.name} letters`);
  if (!isWildcard) return url.host;
  const isAddress = url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname);
  return isAddress ? new Wanted(`${WANTED_SITE}; an address has no names below it`) : `*.${url.host}`;
}

/** What may have been meant by something that is no host. */
function likelyHost(written: string): string {
  if (/^[\da-f]*:[\da-f.]*:[\da-f:.]*$/i.test(written)) return `${WANTED_SITE}: "[${written}]"`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.host !== '' ? `${WANTED_SITE}: "${url.host}"` : WANTED_SITE;
}

const WANTED_PORTAL = 'the host of the start page, with its port where it is not the usual one';

/** A site's host, and none that stands for others. */
export const portalHost = judged(WANTED_PORTAL, (written) =>
  written.startsWith('*') ? new Wanted(`${WANTED_PORTAL}: one, without *`) : judgeSiteHost(written),
);

/** In the order of the reference. `variable` is what the field stands in for. */
export const SITE_FIELDS = {
  host: { schema: judged(WANTED_SITE, judgeSiteHost), example: '"wiki.example.com"', variable: undefined },
  upstream: {
    schema: exactOptional(judged(WANTED_UPSTREAM, parseUpstream)),
    example: '"https://wiki.internal.example.com"',
    variable: 'UPSTREAM_URL',
  },
  routes: {
    schema: exactOptional(list(route, 'a list of rules')),
    example: '[{ path = "/admin/*", roles = ["admin"] }]',
    variable: 'ROUTES',
  },
  client_id: { schema: exactOptional(clientId), example: '"249703852243222582"', variable: 'ZITADEL_CLIENT_ID' },
  project_id: { schema: exactOptional(id), example: '"249703732336418458"', variable: 'ZITADEL_PROJECT_ID' },
  org_id: { schema: exactOptional(id), example: '"249703000000000001"', variable: 'ZITADEL_ORG_ID' },
  identity_headers: {
    schema: exactOptional(identityHeaders),
    example: '{ "Remote-User" = "preferred_username" }',
    variable: 'IDENTITY_HEADERS',
  },
  role_map: { schema: exactOptional(roleMap), example: '{ "legacy-admins" = "admin" }', variable: 'ROLE_MAP' },
  security_headers: {
    schema: exactOptional(securityHeaders),
    example: '{ "X-Frame-Options" = "SAMEORIGIN" }',
    variable: 'SECURITY_HEADERS',
  },
  brand_name: { schema: exactOptional(nameOfBrand), example: '"Wiki"', variable: 'BRAND_NAME' },
  brand_color: { schema: exactOptional(brandColor), example: '"#2f5d50"', variable: 'BRAND_COLOR' },
  brand_logo_url: { schema: exactOptional(brandLogo), example: '"/assets/logo.svg"', variable: 'BRAND_LOGO_URL' },
  support_url: { schema: exactOptional(helpUrl), example: '"mailto:wiki@example.com"', variable: 'SUPPORT_URL' },
  session_duration: { schema: exactOptional(seconds), example: '3600', variable: 'SESSION_DURATION' },
  session_max_duration: { schema: exactOptional(seconds), example: '43200', variable: 'SESSION_MAX_DURATION' },
  claims_max_age: { schema: exactOptional(seconds), example: '300', variable: 'CLAIMS_MAX_AGE' },
  upstream_host: { schema: exactOptional(upstreamHost), example: '"public"', variable: 'UPSTREAM_HOST' },
  /** Name of the secret that the site's `upstream` gets. */
  upstream_secret: {
    schema: exactOptional(matching(/^[A-Za-z_]\w*$/, 'the name of a secret')),
    example: '"WIKI_SECRET"',
    variable: undefined,
  },
} as const;

export type SiteField = keyof typeof SITE_FIELDS;

/** Every problem of one site at once. */
export const site = strictTable({
  fields: SITE_FIELDS,
  wanted: 'a table with at least a host',
  wantedField: 'a field that a site can have',
  contradiction: (field, { upstream }) =>
    field === 'upstream_secret' && upstream === undefined
      ? 'no "upstream_secret" without "upstream": UPSTREAM_URL gets UPSTREAM_SECRET'
      : undefined,
});
