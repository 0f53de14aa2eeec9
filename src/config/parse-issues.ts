// What the schema finds wrong, in the operator's words: the place in the variable, and an example for it.

import type { BaseIssue } from 'valibot';
import { describeVariable } from './consistency.ts';
import { type ConfigIssue, placeOfRoute, placeOfSite } from './issues.ts';
import { ROUTE_FIELDS } from './routes.ts';
import { SITE_FIELDS } from './site-fields.ts';
import { VARIABLES, type VariableName } from './variables.ts';

export function toConfigIssue(name: VariableName, { path, input, message }: BaseIssue<unknown>): ConfigIssue {
  const place = (path ?? []).map(({ key, input: container }) => {
    if (typeof key !== 'number') return `, ${String(key)}`;
    if (container === path?.[0]?.input && name === 'ROUTES') return placeOfRoute(key);
    if (container === path?.[0]?.input && name === 'SITES') return placeOfSite(key);
    if (name === 'SITES' && path?.[1]?.key === 'routes' && container === path[2]?.input) return placeOfRoute(key);
    return Array.isArray(container) && container.length === 1 ? '' : `, value ${key + 1}`;
  });
  const where = place.join('');
  return {
    variable: name + where,
    found: describeVariable(name, input),
    wanted: message,
    example: exampleOf(name, where),
  };
}

export function exampleOf(name: VariableName, place: string): string {
  const inRoute = /, route \d+, (\w+)/.exec(place)?.[1];
  const inSite = /^, site \d+, (\w+)/.exec(place)?.[1];
  if (inRoute !== undefined) return exampleIn(ROUTE_FIELDS, inRoute);
  if (inSite !== undefined) return exampleIn(SITE_FIELDS, inSite);
  const { kind, example } = VARIABLES[name];
  return kind === 'secret' ? `${name}=${example}` : `${name} = ${example}`;
}

const exampleIn = (fields: Readonly<Record<string, { readonly example: string }>>, field: string): string =>
  Object.hasOwn(fields, field) ? `${field} = ${fields[field]?.example}` : '';
