// Checks that every signed token of ZITADEL's has to pass: signature, algorithm, issuer, audience, and times that are sane numbers.
// OIDC Core §3.1.3.7; RFC 8725 §3 (JWT best practice); RFC 7519 §4.1.

import type { SigningKeys } from '../signing-keys.ts';
import { type VerifiedClaims, verifyJws } from './jws.ts';
import { type Checked, type Problem, refused, type TimeClaim } from './token-refusal.ts';

/**
 * Seconds that ZITADEL's clock may differ from ours, either way. A machine whose time nobody keeps is found up to a minute off, and such a
 * minute must lock nobody out. More would give away more: a token counts this much longer than it says. Nobody can set it.
 */
export const CLOCK_TOLERANCE = 60;
/** The year 10000: ZITADEL's longest lifetimes end just before it, and `1e400` is far beyond. */
const LATEST_TIME = 253_402_300_800;
const TIMES: readonly TimeClaim[] = ['exp', 'iat', 'nbf', 'auth_time'];

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

/** Only `verifySignedToken` gives them. `typ` is the header's. */
export type SignedClaims = VerifiedClaims & { readonly exp: number; readonly iat: number; readonly typ: unknown };

/** Throws `provider_unavailable` when the keys can't be had. */
export async function verifySignedToken(token: string, context: SignedTokenContext): Promise<Checked<SignedClaims>> {
  const verified = await verifyJws(token, context.algorithms, (header) => context.keys.find(header, context));
  if (verified.kind === 'refused') return verified;
  const { header, claims } = verified.value;
  const problem = findClaimProblem(claims, context);
  if (problem) return refused('jwt', problem);
  return { kind: 'good', value: { ...claims, typ: header['typ'] } as SignedClaims };
}

function findClaimProblem(claims: VerifiedClaims, { issuer, audience, now }: SignedTokenContext): Problem | undefined {
  const { iss, aud, exp, iat } = claims;
  if (iss !== issuer) return { problem: 'other_issuer', iss };
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audience.some((item) => audiences.includes(item))) return { problem: 'other_audience', aud };
  if (iat === undefined) return { problem: 'missing', claim: 'iat' };
  if (exp === undefined) return { problem: 'missing', claim: 'exp' };
  const problem = findTimeProblem(claims, now());
  return problem ?? ((exp as number) <= now() - CLOCK_TOLERANCE ? { problem: 'expired' } : undefined);
}

/** Times where they stand: numbers that can be one, and none but `exp` in the future. */
export function findTimeProblem(claims: Readonly<Record<string, unknown>>, now: number): Problem | undefined {
  for (const claim of TIMES) {
    const value = claims[claim];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && value < LATEST_TIME)) return { problem: 'not_a_time', claim };
    if (claim !== 'exp' && value > now + CLOCK_TOLERANCE) return { problem: 'in_the_future', claim };
  }
  return undefined;
}
