// Roles from ZITADEL's claim: an object role → { organisation id → its domain }. Anything else there is none.
// ZITADEL's reserved claims, with a project's id in the name or without; roles are never read from `scope`.

import type { Identity } from '../../identity/identity.ts';
import { projectRolesClaim, ROLES_CLAIM } from './claim-names.ts';

export type RolesReading =
  | { readonly kind: 'roles'; readonly roles: Record<string, string[]> }
  /** The claim holds something that is not ZITADEL's; the caller logs it. */
  | { readonly kind: 'malformed'; readonly claim: string };

/**
 * The roles that `claims` give, by the application's names (`roleMap`), each with the organisations that granted it. Absent means none.
 * With a project of ours only the claim that names it counts: the plain one is about the project of whoever asked, which need not be it.
 */
export function readRoles(
  claims: Readonly<Record<string, unknown>>,
  projectId: string | undefined,
  roleMap: Readonly<Record<string, string>>,
): RolesReading {
  const claim = projectId === undefined ? ROLES_CLAIM : projectRolesClaim(projectId);
  if (!Object.hasOwn(claims, claim)) return { kind: 'roles', roles: {} };
  const value = claims[claim];
  if (!isObject(value)) return { kind: 'malformed', claim };

  const granted: [role: string, organizations: string[]][] = [];
  for (const [key, grantedBy] of Object.entries(value)) {
    if (key === '' || !isObject(grantedBy)) return { kind: 'malformed', claim };
    granted.push([key, Object.keys(grantedBy)]);
  }
  return { kind: 'roles', roles: renameRoles(Object.fromEntries(granted), roleMap) };
}

/** Roles by the names that an application knows. Two keys may be mapped to one name; then all their organisations count. */
export function renameRoles(
  roles: Identity['roles'],
  roleMap: Readonly<Record<string, string>>,
): Record<string, string[]> {
  const renamed = new Map<string, string[]>();
  for (const [key, grantedBy] of Object.entries(roles)) {
    const name = Object.hasOwn(roleMap, key) ? (roleMap[key] ?? key) : key;
    renamed.set(name, [...new Set([...(renamed.get(name) ?? []), ...grantedBy])]);
  }
  // fromEntries defines properties, so that a role named `__proto__` is a name like any other.
  return Object.fromEntries(renamed);
}

/**
 * The claims without the plain one, which means the project of whoever asked for the token. Any application may ask for a token with
 * our project in its audience; its own project's `admin` must not become ours.
 */
export function withoutPlainRoles(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { [ROLES_CLAIM]: _, ...others } = claims;
  return others;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
