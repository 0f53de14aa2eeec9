// The headers by which the upstream learns who somebody is. Pure, compiled once.
// ARCHITECTURE §4; encoding in header-value.ts.

import type { Config } from '../config/schema.ts';
import { isFieldForRules, isIdentityField } from '../shared/identity-fields.ts';
import { headerValue, listValue } from './header-value.ts';
import { type Identity, roleKeys } from './identity.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Names that applications behind other proxies already know → claim. */
export const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  'X-Forwarded-User': 'sub',
  'X-Forwarded-Email': 'email',
  'X-Forwarded-Preferred-Username': 'preferred_username',
  'X-Forwarded-Name': 'name',
  'X-Forwarded-Roles': 'roles',
  'X-Forwarded-Org': 'org',
  'X-Forwarded-Actor': 'act',
};

/** Of a field's line, with `: ` and its end. Values are ASCII. */
export const fieldBytes = (name: string, value: string): number => name.length + value.length + 4;

/** Called for each request; an identity that has been seen costs one lookup. */
export function compileIdentityHeaders(config: Pick<Config, 'identityHeaders'>): (identity: Identity) => HeaderList {
  const readers = Object.entries(config.identityHeaders ?? DEFAULT_HEADERS).map(
    ([name, claim]) => [name, createReader(claim)] as const,
  );
  // An identity comes from a cookie that was unsealed once and is the same object for as long as the isolate remembers it.
  const known = new WeakMap<Identity, HeaderList>();
  return (identity) => {
    let headers = known.get(identity);
    if (!headers) {
      headers = readers.flatMap(([name, read]) => {
        const value = read(identity);
        return value === undefined ? [] : [[name, value] as const];
      });
      known.set(identity, headers);
    }
    return headers;
  };
}

function createReader(claim: string): (identity: Identity) => string | undefined {
  if (claim === 'roles') return (identity) => listValue(roleKeys(identity));
  if (isIdentityField(claim)) return (identity) => headerValue(identity[claim]);
  return ({ claims }) => (Object.hasOwn(claims, claim) ? headerValue(claims[claim]) : undefined);
}

/** Claims to keep in an identity beside its fields, because a header or a route asks for them. */
export function claimNames(config: Pick<Config, 'identityHeaders' | 'routes' | 'portal'>): readonly string[] {
  const forHeaders = Object.values(config.identityHeaders ?? {}).filter(
    (claim) => claim !== 'roles' && !isIdentityField(claim),
  );
  const forRoutes = [
    ...config.routes.flatMap(({ claims }) => Object.keys(claims ?? {})),
    ...(config.portal?.claims ?? []),
  ];
  return [...new Set([...forHeaders, ...forRoutes.filter((claim) => !isFieldForRules(claim))])];
}
