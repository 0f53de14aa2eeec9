// Signed tokens in compact form, over Web Crypto: what their header says, which published key fits it, and whether that key signed.
// RFC 7515 §5.2, §4.1.11 (`crit`); RFC 7517 §4; RFC 7518 §3.1, §3.3; RFC 8037; RFC 8725 §3.1, §3.2.
// A library brings every other algorithm along, which is a fifteenth of the bundle.

import { decodeBase64url } from '../base64url.ts';
import { GatewayError } from '../errors.ts';

export type Members = Readonly<Record<string, unknown>>;

interface Algorithm {
  readonly kty: string;
  readonly crv?: string;
  /** For Web Crypto, to import a key and to verify with it. */
  readonly parameters: { readonly name: string; readonly hash?: string; readonly namedCurve?: string };
}

const rsa = (hash: string): Algorithm => ({ kty: 'RSA', parameters: { name: 'RSASSA-PKCS1-v1_5', hash } });
const ecdsa = (hash: string, crv: string): Algorithm => ({
  kty: 'EC',
  crv,
  parameters: { name: 'ECDSA', hash, namedCurve: crv },
});

/** The algorithms ZITADEL can be switched to; all asymmetric, so a public key can never serve as a secret. */
const ALGORITHMS: ReadonlyMap<unknown, Algorithm> = new Map([
  ['RS256', rsa('SHA-256')],
  ['RS384', rsa('SHA-384')],
  ['RS512', rsa('SHA-512')],
  ['ES256', ecdsa('SHA-256', 'P-256')],
  ['ES384', ecdsa('SHA-384', 'P-384')],
  ['ES512', ecdsa('SHA-512', 'P-521')],
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519', parameters: { name: 'Ed25519' } }],
]);

const MIN_RSA_BITS = 2048;

/** Three parts and an algorithm that ZITADEL signs with. Its opaque tokens begin the same way, but are JWEs of five. */
export function isSignedToken(token: string): boolean {
  return ALGORITHMS.has(readHeader(token)?.['alg']);
}

/** Unverified; undefined where `token` is none. */
function readHeader(token: string): Members | undefined {
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
  const { alg, crit } = header;
  const algorithm = ALGORITHMS.get(alg);
  assert(algorithm && algorithms?.includes(alg as string) !== false, 'alg is not allowed');
  // What it names must be understood, and nothing there is (b64 too) belongs in a JWT.
  assert(crit === undefined, 'crit is not understood');
  const [protectedHeader = '', payload = '', signature] = token.split('.');
  const bytes = decodeBase64url(signature);
  assert(bytes, 'the signature is not base64url');
  const key = await importKey(await findKey(header), algorithm);
  const signed = new TextEncoder().encode(`${protectedHeader}.${payload}`);
  assert(await crypto.subtle.verify(algorithm.parameters, key, bytes, signed), 'the signature is another key’s');
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
      (algorithm.crv === undefined || key['crv'] === algorithm.crv) &&
      (kid === undefined || (typeof kid === 'string' && key['kid'] === kid)) &&
      (key['alg'] === undefined || key['alg'] === alg) &&
      (key['use'] === undefined || key['use'] === 'sig') &&
      (key['key_ops'] === undefined || (Array.isArray(key['key_ops']) && key['key_ops'].includes('verify'))) &&
      // A private key that somebody has published is nobody's any more.
      key['d'] === undefined,
  );
}

async function importKey({ kty, crv, n, e, x, y }: Members, { parameters }: Algorithm): Promise<CryptoKey> {
  const jwk = { kty, crv, n, e, x, y } as JsonWebKey;
  const key = await crypto.subtle.importKey('jwk', jwk, parameters, false, ['verify']).catch((cause: unknown) => {
    throw new GatewayError('login_failed', 'JWT: the provider’s key cannot be used', { cause });
  });
  const { modulusLength = MIN_RSA_BITS } = key.algorithm as { modulusLength?: number };
  assert(modulusLength >= MIN_RSA_BITS, 'the provider’s key is too short');
  return key;
}

function assert(condition: unknown, problem: string): asserts condition {
  if (!condition) throw new GatewayError('login_failed', `JWT: ${problem}`);
}
