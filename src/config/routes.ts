// ROUTES: the fields of an access rule, each with what is wanted of it, and the judgement of one rule by itself.
// ARCHITECTURE §1 Routes.

import { exactOptional, optional, pipe, unknown } from 'valibot';
import { helpUrl, messages } from './help.ts';
import {
  judgeCorsOrigin,
  judgeHost,
  judgeMethod,
  judgePath,
  WANTED_HOST,
  WANTED_METHOD,
  WANTED_ORIGIN,
  WANTED_PATH,
} from './route-path.ts';
import { strictTable } from './strict-table.ts';
import { upstreamHost } from './upstream-host.ts';
import { parseUpstream, WANTED_UPSTREAM } from './urls.ts';
import { filledList, flag, judge, judged, matching, oneOf, seconds, type Table, table, Wanted } from './values.ts';

const NAMES = 'a list of names';
const names = filledList(matching(/^\S(.*\S)?$/s, 'a name'), NAMES);

const STRIP = 'true, for the path before /*, or a prefix of the path that begins with /';

/** A claim's accepted values are compared as text. */
const acceptedValues = table(
  'a table of claims, each with a list of accepted values',
  (_claim, values): readonly string[] | Wanted => {
    const wanted = new Wanted('a list of accepted values');
    if (!Array.isArray(values) || values.length === 0) return wanted;
    const isText = values.every((value) => ['string', 'number', 'boolean'].includes(typeof value));
    return isText ? values.map(String) : wanted;
  },
);

export const ROUTE_FIELDS = {
  path: { schema: judged(WANTED_PATH, judgePath), example: '"/admin/*"' },
  methods: {
    schema: exactOptional(filledList(judged(WANTED_METHOD, judgeMethod), 'a list of methods')),
    example: '["GET"]',
  },
  hosts: {
    schema: exactOptional(filledList(judged(WANTED_HOST, judgeHost), 'a list of host names')),
    example: '["admin.example.com"]',
  },
  access: { schema: optional(oneOf('authenticated', 'public', 'deny'), 'authenticated'), example: '"public"' },
  roles: { schema: exactOptional(names), example: '["staff", "admin"]' },
  orgs: { schema: exactOptional(names), example: '["249703000000000001"]' },
  claims: {
    schema: exactOptional(acceptedValues),
    example: '{ "urn:zitadel:iam:user:resourceowner:primary_domain" = ["acme.example"] }',
  },
  credentials: {
    schema: exactOptional(filledList(oneOf('session', 'bearer'), 'a list of "session", "bearer"')),
    example: '["bearer"]',
  },
  amr: { schema: exactOptional(names), example: '["mfa"]' },
  max_age: { schema: exactOptional(seconds), example: '900' },
  claims_max_age: { schema: exactOptional(seconds), example: '30' },
  unauthenticated: { schema: optional(oneOf('auto', 'redirect', '401'), 'auto'), example: '"401"' },
  keep_post: { schema: optional(oneOf('same-origin', 'cross-site', 'none'), 'same-origin'), example: '"cross-site"' },
  paths: { schema: optional(oneOf('utf-8', 'bytes'), 'utf-8'), example: '"bytes"' },
  cors: {
    schema: exactOptional(filledList(judged(WANTED_ORIGIN, judgeCorsOrigin), 'a list of origins')),
    example: '["https://app.example.com"]',
  },
  mode: { schema: optional(oneOf('enforce', 'report'), 'enforce'), example: '"report"' },
  upstream: { schema: exactOptional(judged(WANTED_UPSTREAM, parseUpstream)), example: '"service:REPORTS"' },
  strip_prefix: {
    schema: exactOptional(
      pipe(
        unknown(),
        judge((value): true | string | Wanted => {
          if (value === true || value === 'true') return true;
          const prefix = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
          return /^\/[^*]+$/.test(prefix) ? prefix : new Wanted(STRIP);
        }),
      ),
    ),
    example: 'true',
  },
  /** By which name the upstream is called. */
  upstream_host: { schema: exactOptional(upstreamHost), example: '"public"' },
  /** Name of the secret that `upstream` gets. */
  upstream_secret: {
    schema: exactOptional(matching(/^[A-Za-z_]\w*$/, 'the name of a secret')),
    example: '"REPORTS_SECRET"',
  },
  /** Seconds to the response's first byte. */
  timeout: { schema: exactOptional(seconds), example: '30' },
  /** Missing: no pages of a signed-in visitor, unless the application gives them a lifetime. */
  no_store: { schema: exactOptional(flag), example: 'true' },
  forward_access_token: { schema: optional(flag, false), example: 'true' },
  forward_id_token: { schema: optional(flag, false), example: 'true' },
  support_url: { schema: exactOptional(helpUrl), example: '"mailto:helpdesk@example.com"' },
  access_request_url: { schema: exactOptional(helpUrl), example: '"https://desk.example.com/reports"' },
  messages: { schema: exactOptional(messages), example: '{ access = "Ada Lovelace, room 12, decides who gets in." }' },
} as const;

export type RouteField = keyof typeof ROUTE_FIELDS;

/** Every problem of one rule at once, unknown fields and fields that contradict each other included. */
export const route = strictTable({
  fields: ROUTE_FIELDS,
  wanted: 'a table with at least a path',
  wantedField: 'a field that a route can have',
  contradiction,
});

const ONLY_WHEN_SIGNED_IN = ['roles', 'orgs', 'claims', 'amr', 'max_age', 'claims_max_age', 'credentials'];

/** A form is kept only where a POST may lead to a sign-in. */
function contradictedKeepPost({ access, unauthenticated, credentials, methods }: Table): string | undefined {
  const never = (cause: string) => `no "keep_post" ${cause}: no form is ever kept there`;
  if (access === 'public' || access === 'deny') return never(`where access is "${access}"`);
  if (unauthenticated === '401') return never('where unauthenticated is "401"');
  if (Array.isArray(credentials) && !credentials.includes('session')) return never('where no session is taken');
  const takesPost = !Array.isArray(methods) || methods.some((method) => String(method).toUpperCase() === 'POST');
  return takesPost ? undefined : never('without the method POST');
}

/** Why a known field contradicts the others of its rule. Those may be unsound, so only plain values of theirs are looked at. */
function contradiction(field: string, rule: Table): string | undefined {
  const { access, path, strip_prefix } = rule;
  if ((access === 'public' || access === 'deny') && ONLY_WHEN_SIGNED_IN.includes(field)) {
    return `no "${field}" where access is "${access}": it would never be looked at`;
  }
  if (field === 'keep_post') return contradictedKeepPost(rule);
  if (field === 'upstream_secret' && rule['upstream'] === undefined) {
    return 'no "upstream_secret" without "upstream": UPSTREAM_URL gets UPSTREAM_SECRET';
  }
  if (field !== 'strip_prefix' || typeof path !== 'string') return undefined;
  if (strip_prefix === true || strip_prefix === 'true') {
    return path.endsWith('/*') ? undefined : 'a path that ends in /*, or a prefix instead of true';
  }
  // The field's own schema has already reported text that is no prefix at all.
  if (typeof strip_prefix !== 'string' || !strip_prefix.startsWith('/')) return undefined;
  const prefix = strip_prefix.replace(/\/+$/, '');
  return `${path}/`.startsWith(`${prefix}/`) ? undefined : STRIP;
}
