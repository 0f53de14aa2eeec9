// Opaque tokens: since v4.14 a compact JWE (five parts, begins with `eyJ`, is no JWT), before that AES-CFB in base64url.
// RFC 7516 for the first; the plaintext is an id and a user in both.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

export interface OpaqueTokens {
  seal(plaintext: string, kind?: 'refresh_token'): Promise<string>;
  /** The plaintext, or undefined for anything that this instance did not make. */
  unseal(token: string): Promise<string | undefined>;
}

const PLAINTEXT = /^[\x20-\x7e]+$/;

/** `isLegacy` is asked at each call: it makes the old format, and is what keeps tokens in the old format readable. */
export function createOpaqueTokens(isLegacy: () => boolean): OpaqueTokens {
  const key = randomBytes(32);
  return {
    seal: async (plaintext, kind) => (isLegacy() ? sealLegacy(key, plaintext) : sealJwe(key, plaintext, kind)),
    unseal: async (token) => {
      if (token.split('.').length === 5) return unsealJwe(key, token);
      return isLegacy() ? unsealLegacy(key, token) : undefined;
    },
  };
}

async function sealJwe(key: Uint8Array, plaintext: string, kind?: 'refresh_token'): Promise<string> {
  const kid = kind === 'refresh_token' ? { kid: 'oidcKey' } : {};
  return new CompactEncrypt(new TextEncoder().encode(plaintext))
    .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', ...kid })
    .encrypt(key);
}

async function unsealJwe(key: Uint8Array, token: string): Promise<string | undefined> {
  try {
    const { plaintext } = await compactDecrypt(token, key, { keyManagementAlgorithms: ['A256GCMKW'] });
    return new TextDecoder().decode(plaintext);
  } catch (cause) {
    // Whatever jose finds wrong with it, it is a token we never made; anything else is our own mistake.
    if (cause instanceof Error && 'code' in cause) return undefined;
    throw cause;
  }
}

function sealLegacy(key: Uint8Array, plaintext: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64url');
}

function unsealLegacy(key: Uint8Array, token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= 16) return undefined;
  const decipher = createDecipheriv('aes-256-cfb', key, bytes.subarray(0, 16));
  const plaintext = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
  return PLAINTEXT.test(plaintext) ? plaintext : undefined;
}
