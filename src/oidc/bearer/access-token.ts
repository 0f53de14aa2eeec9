// Access tokens that are JWTs: whether one is good and really an access token.
// RFC 7519, RFC 8725, RFC 9068 §4.

import type { Config } from '../../config/schema.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { type SignedClaims, verifySignedToken } from '../tokens/signed-token.ts';
import { type Problem, type Refused, refused } from '../tokens/token-refusal.ts';
import { withoutPlainRoles } from '../zitadel/roles.ts';
import { findForeignClaim, isTypeOf } from '../zitadel/token-kinds.ts';

/** What a bearer token says, once somebody may believe it. */
export type TokenReading =
  | {
      readonly kind: 'claims';
      readonly claims: Readonly<Record<string, unknown>>;
      /** When the claims were true at ZITADEL, in seconds. */
      readonly claimsAt: number;
    }
  | Refused;

interface Context {
  readonly config: Pick<Config, 'issuer' | 'audience'>;
  readonly keys: SigningKeys;
  readonly now: () => number;
  readonly network?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Throws `provider_unavailable` when the keys can't be had. */
export async function readAccessToken(token: string, context: Context): Promise<TokenReading> {
  const { config, keys, now, network, signal } = context;
  const { issuer, audience } = config;
  const signed = await verifySignedToken(token, {
    ...{ issuer, audience, keys, now, network, signal },
    isTrustedChannel: false,
  });
  if (signed.kind === 'refused') return signed;
  const claims = signed.value;
  const problem = findKindProblem(claims);
  if (problem) return refused('jwt', problem);
  return { kind: 'claims', claims: withoutPlainRoles(claims), claimsAt: Math.min(claims.iat, now()) };
}

function findKindProblem(claims: SignedClaims): Problem | undefined {
  const { typ, jti, client_id } = claims;
  if (typ !== undefined && !(typeof typ === 'string' && isTypeOf('access', typ))) return { problem: 'other_type', typ };
  const foreign = findForeignClaim(claims);
  if (foreign !== undefined) return { problem: 'foreign_claim', claim: foreign };
  if (typeof jti !== 'string' || jti === '') return { problem: 'missing', claim: 'jti' };
  if (typeof client_id !== 'string' || client_id === '') return { problem: 'missing', claim: 'client_id' };
  return undefined;
}
