// Whether a bearer token can be one at all: what ZITADEL never makes is refused before anybody is asked about it.
// RFC 7515 §7.1 (three parts), RFC 7516 §7.1 (five parts); ZITADEL's opaque tokens and personal access tokens, new and old.

import { isSignedToken, readPart } from '../tokens/jws.ts';

/**
 * Before v4.14 an opaque token is what AES-CFB makes of ids, in base64url: 16 bytes and the shortest ids there are come to more than 32
 * characters, the longest to a few hundred.
 */
const OLD_OPAQUE = /^[A-Za-z0-9_-]{32,1024}$/;
const PART = /^[A-Za-z0-9_-]+$/;

export function isPossibleToken(token: string): boolean {
  if (!token.includes('.')) return OLD_OPAQUE.test(token);
  // With a limit: a token of nothing but dots must not become thousands of strings.
  const parts = token.split('.', 6);
  if (parts.length === 3) return isSignedToken(token);
  return parts.length === 5 && isEncryptedToken(parts);
}

/** A key wrapped for it, an IV of 96 bits, a tag of 128: what a JWE with AES-GCM consists of. */
function isEncryptedToken([header, key, iv, ciphertext, tag]: readonly string[]): boolean {
  if (![key, iv, ciphertext, tag].every((part) => part !== undefined && PART.test(part))) return false;
  if (iv?.length !== 16 || tag?.length !== 22) return false;
  const { alg, enc } = readPart(header) ?? {};
  return typeof alg === 'string' && typeof enc === 'string';
}
