// Whether an ID token was made for the access token that came with it: half a hash of the one stands in the other.
// OIDC Core §3.1.3.6, §3.1.3.8; the hash is that of the ID token's own algorithm, and for EdDSA with Ed25519 it is SHA-512.

import { encodeBase64url } from '../../shared/base64url.ts';

/** `alg` of the ID token's header, already verified. `at_hash` as it stands there, of whatever type. */
export async function isHashOf(at_hash: unknown, access_token: string, alg: unknown): Promise<boolean> {
  const name = hashOf(alg);
  if (name === undefined) return false;
  const digest = new Uint8Array(await crypto.subtle.digest(name, new TextEncoder().encode(access_token)));
  return at_hash === encodeBase64url(digest.subarray(0, digest.length / 2));
}

function hashOf(alg: unknown): string | undefined {
  if (alg === 'EdDSA') return 'SHA-512';
  const bits = typeof alg === 'string' ? /^[REP]S(256|384|512)$/.exec(alg)?.[1] : undefined;
  return bits && `SHA-${bits}`;
}
