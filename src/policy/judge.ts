// What one rule says of one known caller: roles, organisations, claims, step-up. Only own properties of an identity count.
// ARCHITECTURE §1 Routes; RFC 9470 §3.

import type { Route } from '../config/schema.ts';
import type { Identity } from '../identity/identity.ts';
import { isFieldForRules } from '../shared/identity-fields.ts';
import type { Credential } from './rules.ts';

/** Who asks, as proved by a session or a bearer token. */
export interface Caller {
  readonly via: Credential;
  readonly identity: Identity;
  /** Seconds since the epoch. Most access tokens do not contain it. */
  readonly auth_time?: number;
  readonly amr: readonly string[];
  /** When `identity` was read at ZITADEL, in seconds. */
  readonly claimsAt?: number;
}

export type Refusal = 'deny' | 'credentials' | 'roles' | 'orgs' | 'claims';

/** What is missing, or `undefined`. */
export function judgeAccess(route: Route, identity: Identity): Refusal | undefined {
  const missing = judgeRoles(route, identity.roles);
  if (missing) return missing;
  const claims = Object.entries(route.claims ?? {});
  return claims.every(([name, accepted]) => isAccepted(claimOf(identity, name), accepted)) ? undefined : 'claims';
}

/**
 * Any one role suffices. With `orgs`, one of these organisations must have granted it: one of `roles` where they are named, else any role.
 * The user's own organisation grants nothing by itself.
 */
function judgeRoles({ roles, orgs }: Route, granted: Identity['roles']): 'roles' | 'orgs' | undefined {
  if (!roles && !orgs) return undefined;
  const held = (roles ?? Object.keys(granted)).filter((role) => Object.hasOwn(granted, role));
  if (held.length === 0) return roles ? 'roles' : 'orgs';
  if (!orgs || held.some((role) => isGrantedBy(granted[role], orgs))) return undefined;
  return 'orgs';
}

function isGrantedBy(grantedBy: unknown, orgs: readonly string[]): boolean {
  return Array.isArray(grantedBy) && grantedBy.some((org) => orgs.includes(org));
}

function claimOf(identity: Identity, name: string): unknown {
  if (isFieldForRules(name)) return Object.hasOwn(identity, name) ? identity[name] : undefined;
  return Object.hasOwn(identity.claims, name) ? identity.claims[name] : undefined;
}

/** A list holds when one of its items does; objects and `null` never do. */
function isAccepted(value: unknown, accepted: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((item) => !Array.isArray(item) && isAccepted(item, accepted));
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain && accepted.includes(String(value));
}

/** What the sign-in lacks, or `undefined`. `now` in seconds. */
export function unmetStepUp({ amr, max_age }: Route, caller: Caller, now: number): 'amr' | 'max_age' | undefined {
  if (amr?.some((method) => !caller.amr.includes(method))) return 'amr';
  if (max_age === undefined) return undefined;
  const age = now - (caller.auth_time ?? Number.NaN);
  return age <= max_age ? undefined : 'max_age';
}
