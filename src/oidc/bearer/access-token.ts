// Access tokens that are JWTs: whether one is good and really an access token.
// RFC 7519, RFC 8725, RFC 9068 §4. ZITADEL signs ID, access and logout tokens with one key, one issuer, one `typ` and overlapping audiences.

import type { Config } from '../../config/schema.ts';
import { providerFault } from '../provider-errors.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { verifySignedToken } from '../tokens/signed-token.ts';
import { withoutPlainRoles } from '../zitadel/roles.ts';

/** What a bearer token says, once somebody may believe it. */
export type TokenReading =
  | {
      readonly kind: 'claims';
      readonly claims: Readonly<Record<string, unknown>>;
      /** When the claims were true at ZITADEL, in seconds. */
      readonly claimsAt: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

interface Context {
  readonly config: Pick<Config, 'issuer' | 'audience'>;
  readonly keys: SigningKeys;
  readonly now: () => number;
  readonly network?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Claims that stand in ID and logout tokens only, and in tokens bound to a key, which is worth nothing without proof of it. */
const FOREIGN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 'azp', 'sid', 'events', 'cnf'];
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

/** Throws `provider_unavailable` when the keys can't be had. */
export async function readAccessToken(
  token: string,
  { config, keys, now, network, signal }: Context,
): Promise<TokenReading> {
  const { issuer } = config;
  try {
    const context = { issuer, audience: config.audience, keys, now, isTrustedChannel: false, network, signal };
    const claims = await verifySignedToken(token, context);
    const problem = findKindProblem(claims);
    if (problem !== undefined) return { kind: 'refused', reason: `JWT: ${problem}` };
    return { kind: 'claims', claims: withoutPlainRoles(claims), claimsAt: Math.min(claims.iat, now()) };
  } catch (error) {
    const { kind, reason } = providerFault(error);
    if (kind !== 'refused') throw error;
    return { kind: 'refused', reason };
  }
}

function findKindProblem(claims: Readonly<Record<string, unknown>>): string | undefined {
  const { typ = 'JWT', jti, client_id } = claims;
  if (typeof typ !== 'string' || !TYPES.includes(typ.toLowerCase())) return 'typ is not an access token’s';
  const foreign = FOREIGN_CLAIMS.find((name) => Object.hasOwn(claims, name));
  if (foreign !== undefined) return `${foreign} does not belong in an access token`;
  if (typeof jti !== 'string' || jti === '') return 'jti is missing';
  if (typeof client_id !== 'string' || client_id === '') return 'client_id is missing';
  return undefined;
}
