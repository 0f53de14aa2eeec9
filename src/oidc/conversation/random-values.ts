// The random values of a login, each of at least 256 bits.
// RFC 7636 §4.1 (code_verifier); OIDC Core §15.5.2 (nonce); RFC 6749 §10.12 (state).

export { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from 'oauth4webapi';
