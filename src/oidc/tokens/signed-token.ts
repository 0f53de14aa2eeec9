// Checks that every signed token of ZITADEL's has to pass: signature, algorithm, issuer, audience, and times that are sane numbers.
// OIDC Core §3.1.3.7; RFC 8725 §3 (JWT best practice); RFC 7519 §4.1.

import { GatewayError } from '../../errors.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { type Members, verifyJws } from './jws.ts';

/** Seconds that clocks may differ. */
export const CLOCK_TOLERANCE = 30;
/** The year 10000: ZITADEL's longest lifetimes end just before it, and `1e400` is far beyond. */
const LATEST_TIME = 253_402_300_800;

export interface SignedTokenContext {
  readonly issuer: string;
  /** One of these must be the token's. */
  readonly audience: readonly string[];
  readonly keys: SigningKeys;
  readonly now: () => number;
  /** Those that the provider says it uses; by default any of ours. */
  readonly algorithms?: readonly string[];
  readonly isTrustedChannel: boolean;
  readonly isLogoutToken?: boolean;
  readonly network?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `typ` is the header's. */
export type SignedClaims = Members & { readonly exp: number; readonly iat: number; readonly typ: unknown };

/** Throws `login_failed` with the failed check, or `provider_unavailable` when the keys can't be had. */
export async function verifySignedToken(token: string, context: SignedTokenContext): Promise<SignedClaims> {
  const { header, claims } = await verifyJws(token, context.algorithms, (header) => context.keys.find(header, context));
  const problem = findClaimProblem(claims, context);
  if (problem !== undefined) throw new GatewayError('login_failed', `JWT: ${problem}`);
  return { ...claims, typ: header['typ'] } as SignedClaims;
}

function findClaimProblem(claims: Members, { issuer, audience, now }: SignedTokenContext): string | undefined {
  const { iss, aud, exp, iat } = claims;
  if (iss !== issuer) return 'iss is another issuer';
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audience.some((item) => audiences.includes(item))) return 'aud is somebody else';
  if (iat === undefined) return 'iat is missing';
  if (exp === undefined) return 'exp is missing';
  const problem = findTimeProblem(claims, now());
  return problem ?? ((exp as number) <= now() - CLOCK_TOLERANCE ? 'expired' : undefined);
}

/** Times where they stand: numbers that can be one, and none but `exp` in the future. */
export function findTimeProblem(claims: Readonly<Record<string, unknown>>, now: number): string | undefined {
  for (const claim of ['exp', 'iat', 'nbf', 'auth_time']) {
    const value = claims[claim];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && value < LATEST_TIME)) return `claim ${claim} is not a time`;
    if (claim !== 'exp' && value > now + CLOCK_TOLERANCE) return `claim ${claim} lies in the future`;
  }
  return undefined;
}
