// The fields of an entry of SITES: what a host's own variables say that it would not have from the first site anyway.
// ARCHITECTURE §7 Sites.

import { getDefault } from 'valibot';
import { SITE_FIELDS } from '../../src/config/site-fields.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { DEFAULT_HEADERS } from '../../src/identity/headers.ts';
import { STAND_IN } from './settings.ts';

type Values = Readonly<Record<string, unknown>>;
type Stood = Exclude<(typeof SITE_FIELDS)[keyof typeof SITE_FIELDS]['variable'], undefined | 'ROUTES'>;

const FIELDS = Object.entries(SITE_FIELDS).flatMap(([field, { variable }]) =>
  variable === undefined || variable === 'ROUTES' ? [] : [{ field, variable: variable satisfies Stood }],
);

/** What a gateway does where the variable is missing, for those that are not told by their schema. */
const WITHOUT: Values = { IDENTITY_HEADERS: DEFAULT_HEADERS, SECURITY_HEADERS: {} };

const effective = (vars: Values, variable: Stood): unknown =>
  vars[variable] ?? WITHOUT[variable] ?? getDefault(VARIABLES[variable].schema);

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function fieldsOfSite(own: Values, first: Values): Values {
  const hasUpstream = own['UPSTREAM_URL'] !== first['UPSTREAM_URL'];
  const inherited = (variable: Stood): unknown => {
    const value = effective(first, variable);
    // A host name there is that of UPSTREAM_URL alone.
    return variable === 'UPSTREAM_HOST' && hasUpstream && value !== 'public' ? 'upstream' : value;
  };
  const said = FIELDS.filter(({ variable }) => {
    const value = effective(own, variable);
    return value !== undefined && value !== STAND_IN.clientId && !isSame(value, inherited(variable));
  });
  return Object.fromEntries(said.map(({ field, variable }) => [field, effective(own, variable)]));
}

/** `upstream` of UPSTREAM_URL. */
export const fieldFor = (name: string): string => FIELDS.find(({ variable }) => variable === name)?.field ?? name;
