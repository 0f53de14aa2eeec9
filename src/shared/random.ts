// Random values that nobody can guess: those of a login, each of at least 256 bits, and bytes as hex for everything else.
// RFC 7636 §4.1 (code_verifier); OIDC Core §15.5.2 (nonce); RFC 6749 §10.12 (state).

export { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from 'oauth4webapi';

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function randomHex(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** A loop over a table, since each request asks for digits. */
export function toHex(bytes: Uint8Array): string {
  let digits = '';
  for (const byte of bytes) digits += DIGITS[byte];
  return digits;
}
