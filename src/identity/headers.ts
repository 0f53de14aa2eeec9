// The headers by which the upstream learns who somebody is. Pure, compiled once.
// Design §4; encoding in header-value.ts.

import type { Config } from '../config/schema.ts';
import { headerValue, listValue } from './header-value.ts';
import type { Identity } from './identity.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Names that applications behind other proxies already know → claim. */
const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  'X-Forwarded-User': 'sub',
  'X-Forwarded-Email': 'email',
  'X-Forwarded-Preferred-Username': 'preferred_username',
  'X-Forwarded-Name': 'name',
  'X-Forwarded-Roles': 'roles',
  'X-Forwarded-Groups': 'roles',
  'X-Forwarded-Org': 'org',
  'X-Forwarded-Actor': 'act',
};

/** Claims that an identity holds under a field of its own, checked when it was read (an e-mail address only if verified). */
const FIELDS = ['sub', 'email', 'preferred_username', 'name', 'org', 'act'] as const;
type Field = (typeof FIELDS)[number];
const isField = (name: string): name is Field => (FIELDS as readonly string[]).includes(name);

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
  if (claim === 'roles') return ({ roles }) => listValue(Object.keys(roles).sort());
  if (isField(claim)) return (identity) => headerValue(identity[claim]);
  return ({ claims }) => (Object.hasOwn(claims, claim) ? headerValue(claims[claim]) : undefined);
}

/** Claims to keep in an identity beside its fields, because a header or a route asks for them. */
export function claimNames(config: Pick<Config, 'identityHeaders' | 'routes'>): readonly string[] {
  const forHeaders = Object.values(config.identityHeaders ?? {}).filter(
    (claim) => claim !== 'roles' && !isField(claim),
  );
  const forRoutes = config.routes.flatMap(({ claims }) => Object.keys(claims ?? {}));
  // A rule on `act` looks at the whole claim; the field holds its `sub` only.
  return [...new Set([...forHeaders, ...forRoutes.filter((claim) => claim === 'act' || !isField(claim))])];
}
