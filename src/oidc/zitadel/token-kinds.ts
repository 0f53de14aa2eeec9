// ZITADEL signs ID, access and logout tokens with one key, one issuer, one `typ` and overlapping audiences. What tells them apart.
// RFC 8725 §3.11, §3.12; RFC 9068 §2.2, §4; OIDC Core §2; Back-Channel Logout 1.0 §2.4 (`logout+jwt`, where ZITADEL says `JWT`).

type Claims = Readonly<Record<string, unknown>>;
type Kind = 'id' | 'access' | 'logout';

/** In lower case. */
const TYPES: Readonly<Record<Kind, readonly string[]>> = {
  id: ['jwt'],
  access: ['jwt', 'at+jwt', 'application/at+jwt'],
  logout: ['jwt', 'logout+jwt'],
};

/** Claims that stand in ID and logout tokens only, and in tokens bound to a key, which is worth nothing without proof of it. */
const FOREIGN_TO_ACCESS_TOKENS = ['nonce', 'at_hash', 'c_hash', 'azp', 'sid', 'events', 'cnf'] as const;

export type ForeignClaim = (typeof FOREIGN_TO_ACCESS_TOKENS)[number];

/** By the header's `typ`. */
export function isTypeOf(kind: Kind, typ: string): boolean {
  return TYPES[kind].includes(typ.toLowerCase());
}

export function findForeignClaim(claims: Claims): ForeignClaim | undefined {
  return FOREIGN_TO_ACCESS_TOKENS.find((name) => Object.hasOwn(claims, name));
}

/** Access tokens have a client_id and a jti (RFC 9068 §2.2) and no azp. ZITADEL's ID tokens have an azp and no jti, others' may have neither. */
export function looksLikeAccessToken(claims: Claims): boolean {
  return 'client_id' in claims && 'jti' in claims && !('azp' in claims);
}
