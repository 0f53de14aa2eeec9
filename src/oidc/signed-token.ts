// Checks that ID tokens and logout tokens share: signature, algorithm, issuer, audience, and times that are sane numbers.
// OIDC Core §3.1.3.7; RFC 8725 §3 (JWT best practice); RFC 7519 §4.1.

import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { GatewayError } from '../errors.ts';
import { SIGNING_ALGORITHMS, type SigningKeys } from './signing-keys.ts';

/** Seconds that clocks may differ. */
export const CLOCK_TOLERANCE = 30;
/** The year 10000: ZITADEL's longest lifetimes end just before it, and `1e400` is far beyond. */
const LATEST_TIME = 253_402_300_800;

export interface SignedTokenContext {
  readonly issuer: string;
  readonly audience: string | string[];
  readonly keys: SigningKeys;
  readonly now: () => number;
  /** Those that the provider says it uses; by default any of ours. */
  readonly algorithms?: readonly string[];
  readonly isTrustedChannel: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Throws what jose throws, or `provider_unavailable` when the keys can't be had. `exp` and `iat` are demanded. */
export async function verifySignedToken(token: string, context: SignedTokenContext): Promise<JWTPayload> {
  const { typ } = decodeProtectedHeader(token);
  const { algorithms: used = SIGNING_ALGORITHMS } = context;
  const { payload } = await jwtVerify(token, context.keys.resolver(context), {
    algorithms: SIGNING_ALGORITHMS.filter((algorithm) => used.includes(algorithm)),
    issuer: context.issuer,
    audience: context.audience,
    clockTolerance: CLOCK_TOLERANCE,
    currentDate: new Date(context.now() * 1000),
    requiredClaims: ['iss', 'aud', 'exp', 'iat'],
  });
  const problem = findTimeProblem(payload, context.now());
  if (problem !== undefined) throw new GatewayError('login_failed', problem);
  return { ...payload, typ };
}

/** jose compares times but takes any number, and does not look at `iat` unless a maximal age is given. */
export function findTimeProblem(claims: Readonly<Record<string, unknown>>, now: number): string | undefined {
  for (const claim of ['exp', 'iat', 'nbf', 'auth_time']) {
    const value = claims[claim];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && value < LATEST_TIME)) return `claim ${claim} is not a time`;
    if (claim !== 'exp' && value > now + CLOCK_TOLERANCE) return `claim ${claim} lies in the future`;
  }
  return undefined;
}
