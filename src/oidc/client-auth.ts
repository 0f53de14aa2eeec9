// How the gateway proves itself at ZITADEL: nothing but PKCE, a client secret, or a key (`private_key_jwt`).
// RFC 6749 §2.3.1; RFC 7523 §2.2; ZITADEL's key files hold PKCS#1, which Web Crypto does not read.

import * as oauth from 'oauth4webapi';
import type { ClientAuthentication } from '../config/schema.ts';
import { createLazy } from '../shared/isolate/lazy.ts';
import { signJwt } from '../shared/jwt.ts';
import { CLOCK_TOLERANCE } from './tokens/signed-token.ts';

/** Seconds that are left to an assertion where ZITADEL's clock is ahead of ours by all that clocks may differ. */
const ASSERTION_LIFE = 60;

/** Authenticates lazily, so that a key is imported once, when it is first needed. `now` in seconds. */
export function createClientAuth(authentication: ClientAuthentication, now: () => number): oauth.ClientAuth {
  switch (authentication.method) {
    case 'none':
      return oauth.None();
    case 'client_secret_basic':
      return oauth.ClientSecretBasic(authentication.client_secret);
    case 'private_key_jwt': {
      const { keyId, key } = authentication.keyFile;
      const signingKey = createLazy(() => importSigningKey(key));
      return async ({ issuer }, { client_id }, body) => {
        const at = Math.floor(now());
        // ZITADEL wants the issuer as audience, and refuses an assertion that is a second ahead of its own clock.
        const times = { iat: at - CLOCK_TOLERANCE, exp: at + CLOCK_TOLERANCE + ASSERTION_LIFE };
        const claims = { iss: client_id, sub: client_id, aud: issuer, jti: crypto.randomUUID(), ...times };
        body.set('client_id', client_id);
        body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
        body.set('client_assertion', await signJwt(await signingKey(), { alg: 'RS256', kid: keyId }, claims));
      };
    }
  }
}

/** Imports an RSA private key from PEM, PKCS#8 or PKCS#1, for RS256. */
async function importSigningKey(pem: string): Promise<CryptoKey> {
  const der = Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, '')), (c) => c.charCodeAt(0));
  const pkcs8 = pem.includes('BEGIN RSA PRIVATE KEY') ? wrapPkcs1(der) : der;
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}

/** RFC 5208 §5: SEQUENCE { version 0, rsaEncryption, OCTET STRING { PKCS#1 } }. */
function wrapPkcs1(pkcs1: Uint8Array): Uint8Array<ArrayBuffer> {
  const version = [0x02, 0x01, 0x00];
  const rsaEncryption = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
  const key = [0x04, ...derLength(pkcs1.length), ...pkcs1];
  const content = [...version, ...rsaEncryption, ...key];
  return Uint8Array.from([0x30, ...derLength(content.length), ...content]);
}

/** In the long form: no RSA key is shorter than 128 bytes. */
function derLength(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
