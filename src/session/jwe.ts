// Compact JWE with a shared key and nothing to choose: `dir` and A256GCM, over Web Crypto.
// RFC 7516 §5.1, §5.2, §7.1; RFC 7518 §4.5, §5.3. A library brings every other algorithm along, which is a tenth of the bundle.

import { decodeBase64url, encodeBase64url } from '../shared/base64url.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

export type JweHeader = Readonly<Record<string, unknown>>;

/** `header` is authenticated, not hidden. */
export async function encryptJwe(
  plaintext: Uint8Array<ArrayBuffer>,
  key: CryptoKey,
  header: JweHeader,
): Promise<string> {
  const protectedHeader = encodeBase64url(JSON.stringify({ alg: 'dir', enc: 'A256GCM', ...header }));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters(iv, protectedHeader), key, plaintext));
  const end = sealed.length - TAG_BYTES;
  const [body, tag] = [sealed.subarray(0, end), sealed.subarray(end)];
  return [protectedHeader, '', ...[iv, body, tag].map(encodeBase64url)].join('.');
}

/** The protected header, unverified; undefined where `jwe` is none of ours. */
export function readJweHeader(jwe: string): JweHeader | undefined {
  const [protectedHeader = '', encryptedKey, , , tag, ...more] = jwe.split('.', 6);
  if (encryptedKey !== '' || tag === undefined || more.length > 0) return undefined;
  const bytes = decodeBase64url(protectedHeader);
  if (!bytes) return undefined;
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof header !== 'object' || header === null) return undefined;
    const { alg, enc, crit, zip } = header as Record<string, unknown>;
    return alg === 'dir' && enc === 'A256GCM' && crit === undefined && zip === undefined ? { ...header } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Undefined where anything of it was changed, or the key is another. */
export async function decryptJwe(jwe: string, key: CryptoKey): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const [protectedHeader = '', , iv, ciphertext, tag] = jwe.split('.');
  const [nonce, body, mac] = [decodeBase64url(iv), decodeBase64url(ciphertext), decodeBase64url(tag)];
  if (nonce?.length !== IV_BYTES || !body || mac?.length !== TAG_BYTES) return undefined;
  const sealed = new Uint8Array(body.length + TAG_BYTES);
  sealed.set(body);
  sealed.set(mac, body.length);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(nonce, protectedHeader), key, sealed));
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

/** The additional data is the encoded header as it stands there (RFC 7516 §5.1 step 14). */
function parameters(iv: Uint8Array<ArrayBuffer>, protectedHeader: string) {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(protectedHeader), tagLength: TAG_BYTES * 8 };
}
