// A JWT signed over Web Crypto, with RS256, ES256 or EdDSA: whichever the key is for.
// RFC 7515 §5.1; Web Crypto's ECDSA signatures are already what RFC 7518 §3.4 wants.

import { encodeBase64url } from './base64url.ts';

export async function signJwt(key: CryptoKey, header: object, claims: object): Promise<string> {
  const text = [header, claims].map((part) => encodeBase64url(JSON.stringify(part))).join('.');
  const algorithm = { name: key.algorithm.name, hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(text));
  return `${text}.${encodeBase64url(new Uint8Array(signature))}`;
}
