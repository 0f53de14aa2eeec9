// ROUTES: the fields of an access rule, each with what is wanted of it, and the judgement of one rule by itself.
// Design §1 Routes.

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
import type { Route } from './schema.ts';
import { suggestName } from './suggest.ts';
import { parseUpstream, WANTED_UPSTREAM } from './urls.ts';
import {
  filledList,
  flag,
  judge,
  judged,
  matching,
  oneOf,
  optional,
  type Schema,
  seconds,
  type Table,
  table,
  Wanted,
} from './values.ts';

const NAMES = 'a list of names';
const names = filledList(matching(/^\S(.*\S)?$/s, 'a name'), NAMES);

const STRIP = 'true, for the path before /*, or a prefix of the path that begins with /';

/** A claim's accepted values are compared as text. */
const acceptedValues = table('a table of claims, each with a list of accepted values', (_claim, values) => {
  const wanted = new Wanted('a list of accepted values');
  if (!Array.isArray(values) || values.length === 0) return wanted;
  return values.every((value) => ['string', 'number', 'boolean'].includes(typeof value)) ? values.map(String) : wanted;
});

export const ROUTE_FIELDS = {
  path: { schema: judged(WANTED_PATH, judgePath), example: '"/admin/*"' },
  methods: {
    schema: optional(filledList(judged(WANTED_METHOD, judgeMethod), 'a list of methods')),
    example: '["GET"]',
  },
  hosts: {
    schema: optional(filledList(judged(WANTED_HOST, judgeHost), 'a list of host names')),
    example: '["admin.example.com"]',
  },
  access: { schema: optional(oneOf('authenticated', 'public', 'deny'), 'authenticated'), example: '"public"' },
  roles: { schema: optional(names), example: '["staff", "admin"]' },
  orgs: { schema: optional(names), example: '["249703000000000001"]' },
  claims: { schema: optional(acceptedValues), example: '{ "metadata.department" = ["sales"] }' },
  credentials: {
    schema: optional(filledList(oneOf('session', 'bearer'), 'a list of "session", "bearer"')),
    example: '["bearer"]',
  },
  amr: { schema: optional(names), example: '["mfa"]' },
  max_age: { schema: optional(seconds), example: '900' },
  claims_max_age: { schema: optional(seconds), example: '30' },
  unauthenticated: { schema: optional(oneOf('auto', 'redirect', '401'), 'auto'), example: '"401"' },
  cors: {
    schema: optional(filledList(judged(WANTED_ORIGIN, judgeCorsOrigin), 'a list of origins')),
    example: '["https://app.example.com"]',
  },
  mode: { schema: optional(oneOf('enforce', 'report'), 'enforce'), example: '"report"' },
  upstream: { schema: optional(judged(WANTED_UPSTREAM, parseUpstream)), example: '"service:REPORTS"' },
  strip_prefix: {
    schema: optional(
      judge((value): true | string | Wanted => {
        if (value === true || value === 'true') return true;
        const prefix = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
        return /^\/[^*]+$/.test(prefix) ? prefix : new Wanted(STRIP);
      }),
    ),
    example: 'true',
  },
  timeout: { schema: optional(seconds), example: '30' },
  forward_access_token: { schema: optional(flag, false), example: 'true' },
  forward_id_token: { schema: optional(flag, false), example: 'true' },
} as const;

export type RouteField = keyof typeof ROUTE_FIELDS;

const FIELD_NAMES = Object.keys(ROUTE_FIELDS) as RouteField[];

/** Every problem of one rule at once, unknown fields and fields that contradict each other included. */
export const route: Schema<Route> = (value, report) => {
  const wanted = 'a table with at least a path';
  if (typeof value !== 'object' || value === null) return report(wanted, value, '') as never;
  const rule = value as Table;
  const result: Record<string, unknown> = {};
  for (const field of FIELD_NAMES) {
    const judgeField: Schema<unknown> = ROUTE_FIELDS[field].schema;
    const output = judgeField(rule[field], (problem, found, place) => report(problem, found, `, ${field}${place}`));
    if (output !== undefined) result[field] = output;
  }
  for (const [field, given] of Object.entries(rule)) {
    const problem = FIELD_NAMES.includes(field as RouteField) ? contradiction(field, rule) : unknownField(field);
    if (problem !== undefined) report(problem, given, `, ${field}`);
  }
  return result as unknown as Route;
};

function unknownField(field: string): string {
  const near = suggestName(field, FIELD_NAMES);
  return near === undefined
    ? 'a field that a route can have'
    : `a field that a route can have; did you mean "${near}"?`;
}

const ONLY_WHEN_SIGNED_IN = ['roles', 'orgs', 'claims', 'amr', 'max_age', 'claims_max_age', 'credentials'];

/** Why a known field cannot stand in this rule. Other fields may be unsound: only their plain forms are looked at. */
function contradiction(field: string, rule: Table): string | undefined {
  const { access, path, strip_prefix } = rule;
  if ((access === 'public' || access === 'deny') && ONLY_WHEN_SIGNED_IN.includes(field)) {
    return `no "${field}" where access is "${access}": it would never be looked at`;
  }
  if (field !== 'strip_prefix' || typeof path !== 'string') return undefined;
  if (strip_prefix === true || strip_prefix === 'true') {
    return path.endsWith('/*') ? undefined : 'a path that ends in /*, or a prefix instead of true';
  }
  // Text that is no prefix at all has been reported by its own schema.
  if (typeof strip_prefix !== 'string' || !strip_prefix.startsWith('/')) return undefined;
  const prefix = strip_prefix.replace(/\/+$/, '');
  return `${path}/`.startsWith(`${prefix}/`) ? undefined : STRIP;
}
