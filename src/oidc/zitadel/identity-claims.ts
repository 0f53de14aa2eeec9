// From the claims of userinfo (or of a bearer token) to the identity that rules and headers need.
// OIDC Core §5.1; ZITADEL: unverified addresses lack `email_verified`, metadata values are unpadded base64url.

import type { Identity } from '../../identity/identity.ts';
import { decodeBase64url } from '../../shared/base64url.ts';
import { METADATA_CLAIM, ORGANIZATION_CLAIM, ORGANIZATION_NAME_CLAIM } from './claim-names.ts';
import { readRoles } from './roles.ts';

export interface IdentityOptions {
  readonly projectId?: string | undefined;
  readonly roleMap: Readonly<Record<string, string>>;
  /** Further claims to keep, by the names that IDENTITY_HEADERS and routes use. */
  readonly claimNames: readonly string[];
}

export interface IdentityReading {
  readonly identity: Identity;
  /** Claims that were not of ZITADEL's form and were left out; for the log. */
  readonly malformed: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;

/** `sub` has been checked by whoever checked the token; everything else is optional. */
export function readIdentity(sub: string, claims: Claims, options: IdentityOptions): IdentityReading {
  const roles = readRoles(claims, options.projectId, options.roleMap);
  const email = claims['email_verified'] === true ? text(claims['email']) : undefined;
  const preferred_username = text(claims['preferred_username']);
  const name = text(claims['name']);
  const org = text(claims[ORGANIZATION_CLAIM]);
  const orgName = text(claims[ORGANIZATION_NAME_CLAIM]);
  const act = text((claims['act'] as { sub?: unknown } | null | undefined)?.sub);
  const picked = pickClaims(claims, options.claimNames);
  const tooDeep = picked.filter(([, value]) => !isShallow(value)).map(([claim]) => claim);
  const identity: Identity = {
    sub,
    roles: roles.kind === 'roles' ? roles.roles : {},
    claims: Object.fromEntries(picked.filter(([claim]) => !tooDeep.includes(claim))),
    ...(email !== undefined && { email }),
    ...(preferred_username !== undefined && { preferred_username }),
    ...(name !== undefined && { name }),
    ...(org !== undefined && { org }),
    ...(orgName !== undefined && { orgName }),
    ...(act !== undefined && { act }),
  };
  return { identity, malformed: roles.kind === 'malformed' ? [roles.claim, ...tooDeep] : tooDeep };
}

/** Who acts in the user's place stands in the ID token only, and holds for as long as its session (RFC 8693 §4.1). */
export function withActor(claims: Claims, idTokenClaims: Claims): Claims {
  const { act } = idTokenClaims;
  return act === undefined ? claims : { ...claims, act };
}

function pickClaims(claims: Claims, names: readonly string[]): [string, unknown][] {
  const picked: [string, unknown][] = [];
  for (const name of names) {
    const value = pickClaim(claims, name);
    if (value !== undefined) picked.push([name, value]);
  }
  return picked;
}

/** Lists and tables within each other. A claim is written into a cookie, a log and header fields, and writers go as deep as it does. */
const MOST_LEVELS = 16;

function isShallow(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}

/** A claim by its name, or `metadata.{key}`, or a path of names joined by dots. */
function pickClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  if (name.startsWith('metadata.')) return metadataValue(claims, name.slice('metadata.'.length));
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function metadataValue(claims: Claims, key: string): string | undefined {
  const metadata = claims[METADATA_CLAIM];
  if (typeof metadata !== 'object' || metadata === null || !Object.hasOwn(metadata, key)) return undefined;
  const encoded = (metadata as Record<string, unknown>)[key];
  const bytes = typeof encoded === 'string' ? decodeBase64url(encoded.replace(/={1,2}$/, '')) : undefined;
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    // Metadata may hold any bytes; what is not UTF-8 text has no place in a header.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
