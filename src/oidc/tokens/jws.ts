// Signed tokens in compact form: what their header says, which published key fits it, and whether that key signed.
// RFC 7515 §5.2, §4.1.11 (`crit`); RFC 7517 §4; RFC 7518 §3.1; RFC 8037; RFC 8725 §3.1, §3.2. The signature itself is jose's business.

import { compactVerify, type JWK } from 'jose';
import { GatewayError } from '../../errors.ts';
import { decodeBase64url } from '../../shared/base64url.ts';

export type Members = Readonly<Record<string, unknown>>;

/** The algorithms ZITADEL can be switched to, and what keys they need; all asymmetric, so a public key can never serve as a secret. */
const ALGORITHMS: ReadonlyMap<unknown, { readonly kty: string; readonly crv?: string }> = new Map([
  ['RS256', { kty: 'RSA' }],
  ['RS384', { kty: 'RSA' }],
  ['RS512', { kty: 'RSA' }],
  ['ES256', { kty: 'EC', crv: 'P-256' }],
  ['ES384', { kty: 'EC', crv: 'P-384' }],
  ['ES512', { kty: 'EC', crv: 'P-521' }],
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519' }],
]);

/** Three parts and an algorithm that ZITADEL signs with. Its opaque tokens begin the same way, but are JWEs of five. */
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

/** Header and claims of a token whose signature is good. Throws `login_failed`, or what `findKey` throws. */
export async function verifyJws(
  token: string,
  algorithms: readonly string[] | undefined,
  findKey: (header: Members) => Promise<Members>,
): Promise<{ readonly header: Members; readonly claims: Members }> {
  const header = readHeader(token);
  assert(header, 'not a JWT');
  const { alg, crit, kid } = header;
  assert(ALGORITHMS.has(alg) && algorithms?.includes(alg as string) !== false, 'alg is not allowed');
  // What it names must be understood, and nothing there is (b64 too) belongs in a JWT.
  assert(crit === undefined, 'crit is not understood');
  assert(kid === undefined || typeof kid === 'string', 'kid is no text');
  const [, payload, signature] = token.split('.');
  assert(decodeBase64url(signature), 'the signature is not base64url');
  // Of the key only what makes it one: what else its members say has been looked at.
  const { kty, crv, n, e, x, y } = await findKey(header);
  const key = { kty, crv, n, e, x, y } as JWK;
  await compactVerify(token, key, { algorithms: [alg as string] }).catch((cause: { code?: unknown }) => {
    const isOthers = cause.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
    throw fault(isOthers ? 'the signature is another key’s' : 'the signature cannot be verified', cause);
  });
  const claims = readPart(payload);
  assert(claims, 'the claims are not a JSON object');
  return { header, claims };
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
      // A private key that somebody has published is nobody's any more.
      key['d'] === undefined,
  );
}

function assert(condition: unknown, problem: string): asserts condition {
  if (!condition) throw fault(problem);
}

function fault(problem: string, cause?: unknown): GatewayError {
  return new GatewayError('login_failed', `JWT: ${problem}`, { cause });
}
