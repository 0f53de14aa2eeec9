// Random values: those of a login, each of at least 256 bits, and digits for whatever else must not be guessed or met twice.
// RFC 7636 §4.1 (code_verifier); OIDC Core §15.5.2 (nonce); RFC 6749 §10.12 (state).

import { toHex } from './hex.ts';

export { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from 'oauth4webapi';

/** Two digits for each byte. */
export function randomHex(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}
