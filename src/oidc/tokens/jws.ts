// Signed tokens in compact form: what their header says, which published key fits it, and whether that key signed.
// RFC 7515 §5.2, §4.1.11 (`crit`); RFC 7517 §4; RFC 7518 §3.1; RFC 8037; RFC 8725 §3.1, §3.2. The signature itself is jose's business.

import { compactVerify, type JWK } from 'jose';
import { decodeBase64url } from '../../shared/base64url.ts';
import { signatureProblem } from '../provider-errors.ts';
import { type Checked, type Problem, refused } from './token-refusal.ts';

export type Members = Readonly<Record<string, unknown>>;

declare const verified: unique symbol;
/** Claims under a good signature: only `verifyJws` gives them. */
export type VerifiedClaims = Members & { readonly [verified]: true };

/** The algorithms that are taken, and what keys they need; all asymmetric, so a public key can never serve as a secret. */
const ALGORITHMS: ReadonlyMap<unknown, { readonly kty: string; readonly crv?: string }> = new Map([
  ['RS256', { kty: 'RSA' }],
  ['RS384', { kty: 'RSA' }],
  ['RS512', { kty: 'RSA' }],
  ['ES256', { kty: 'EC', crv: 'P-256' }],
  ['ES384', { kty: 'EC', crv: 'P-384' }],
  ['ES512', { kty: 'EC', crv: 'P-521' }],
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519' }],
]);

/** Three parts and an algorithm that is taken. ZITADEL's opaque tokens begin the same way, but are JWEs of five. */
export function isSignedToken(token: string): boolean {
  return ALGORITHMS.has(readHeader(token)?.['alg']);
}

/** Unverified; undefined where `token` is none. */
export function readHeader(token: string): Members | undefined {
  // With a limit: a token of nothing but dots must not become thousands of strings.
  const parts = token.split('.', 4);
  return parts.length === 3 ? readPart(parts[0]) : undefined;
}

/** A part of a token as the JSON object it must be, unverified. */
export function readPart(part: string | undefined): Members | undefined {
  const bytes = decodeBase64url(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The published keys that may have signed under `header`; throws where nobody can know. */
export type FindKeys = (header: Members) => Promise<readonly Members[]>;

/** Header and claims of a token whose signature is good. Throws what `findKeys` throws. */
export async function verifyJws(
  token: string,
  algorithms: readonly string[] | undefined,
  findKeys: FindKeys,
): Promise<Checked<{ readonly header: Members; readonly claims: VerifiedClaims }>> {
  const header = readHeader(token);
  if (!header) return refuse({ problem: 'no_jwt' });
  const [, payload, signature] = token.split('.');
  const unfit = findHeaderProblem(header, algorithms);
  if (unfit) return refuse(unfit);
  if (!decodeBase64url(signature)) return refuse({ problem: 'bad_signature_encoding' });
  const [key, ...others] = await findKeys(header);
  if (!key) return refuse({ problem: 'no_key' });
  // OIDC Core §10.1: then the token has to name its key.
  if (others.length > 0) return refuse({ problem: 'several_keys' });
  const unsigned = await findSignatureProblem(token, key, header['alg'] as string);
  if (unsigned) return refuse(unsigned);
  const claims = readPart(payload);
  return claims
    ? { kind: 'good', value: { header, claims: claims as VerifiedClaims } }
    : refuse({ problem: 'no_claims' });
}

function findHeaderProblem({ alg, crit, kid }: Members, algorithms?: readonly string[]): Problem | undefined {
  if (!ALGORITHMS.has(alg) || algorithms?.includes(alg as string) === false) return { problem: 'bad_alg', alg };
  // It names extensions that must be understood. None (b64 included) belongs in a JWT, and the gateway understands none.
  if (crit !== undefined) return { problem: 'bad_crit' };
  return kid === undefined || typeof kid === 'string' ? undefined : { problem: 'bad_kid' };
}

/** Uses only the members that make up the key; `selectKeys` has looked at the others. */
async function findSignatureProblem(token: string, members: Members, alg: string): Promise<Problem | undefined> {
  const { kty, crv, n, e, x, y } = members;
  try {
    await compactVerify(token, { kty, crv, n, e, x, y } as JWK, { algorithms: [alg] });
    return undefined;
  } catch (error) {
    return signatureProblem(error);
  }
}

/** The keys that may have signed under this header (RFC 7517 §4). */
export function selectKeys(keys: readonly Members[], { alg, kid }: Members): readonly Members[] {
  const algorithm = ALGORITHMS.get(alg);
  return keys.filter(
    (key) =>
      algorithm !== undefined &&
      key['kty'] === algorithm.kty &&
      key['crv'] === algorithm.crv &&
      (kid === undefined || (typeof kid === 'string' && key['kid'] === kid)) &&
      (key['alg'] === undefined || key['alg'] === alg) &&
      (key['use'] === undefined || key['use'] === 'sig') &&
      (key['key_ops'] === undefined || (Array.isArray(key['key_ops']) && key['key_ops'].includes('verify'))) &&
      // Anybody may sign with a private key that has been published.
      key['d'] === undefined,
  );
}

const refuse = (problem: Problem) => refused('jwt', problem);
