// Random values that nobody can guess: those of a login, each of at least 256 bits, and bytes as hex for everything else.
// RFC 7636 §4.1 (code_verifier); OIDC Core §15.5.2 (nonce); RFC 6749 §10.12 (state).

import { toHex } from './hex.ts';

export { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from 'oauth4webapi';

export function randomHex(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}
