// The gateway's own keys, derived from SESSION_SECRET, and sealing with them: the first key seals, all unseal.
// RFC 7516 compact JWE (`dir`, A256GCM); RFC 5869 (HKDF). ARCHITECTURE §6 (Cookie); promise 8.

import { createLazy } from '../shared/isolate/lazy.ts';
import { toHex } from '../shared/random.ts';
import { decryptJwe, encryptJwe, readJweHeader } from './jwe.ts';

/** What a sealed text is for. It stands in the protected header, so that one kind is never taken for another. */
export type Purpose =
  | 'session'
  | 'transaction'
  | 'logout'
  | 'confirm'
  | 'form'
  | 'form-address'
  | 'form-token'
  | 'onward'
  | 'code'
  | 'tokens';

export type Unsealed<T> =
  | {
      readonly kind: 'ok';
      readonly value: T;
      /** Sealed by a key that is being rotated out. */
      readonly isOldKey: boolean;
    }
  /** Not ours, broken, or of another purpose. */
  | { readonly kind: 'foreign' }
  /** Written by a newer release that runs beside this one: it must be left alone, not deleted. */
  | { readonly kind: 'newer' };

export interface Keyring {
  /** `salt` (bytes known elsewhere) makes a key that neither SESSION_SECRET nor the salt gives alone. */
  seal(purpose: Purpose, value: unknown, salt?: Uint8Array<ArrayBuffer>): Promise<string>;
  unseal<T>(purpose: Purpose, sealed: string, salt?: Uint8Array<ArrayBuffer>): Promise<Unsealed<T>>;
}

/** Raised when what is inside changes shape; readers take this and the one before it. */
const FORMAT = 1;
/** Characters. A longer text is none of ours and is not even parsed. */
const MAX_SEALED_LENGTH = 2_000_000;

interface RingKey {
  readonly kid: string;
  readonly master: CryptoKey;
  readonly derived: Map<Purpose, CryptoKey>;
  /** What tells the keys of one site from those of all others. */
  readonly binding: string;
}

/** `site`: only it can open what this keyring seals. Missing: the first site, and what belongs to no site. */
export function createKeyring(secrets: readonly string[], site?: string): Keyring {
  const binding = site === undefined ? '' : ` ${site}`;
  const keys = createLazy<readonly RingKey[]>(() =>
    Promise.all(secrets.map((secret) => createRingKey(secret, binding))),
  );

  return {
    async seal(purpose, value, salt) {
      const [key] = await keys();
      if (!key) throw new Error('keyring: no key');
      const header = { kid: key.kid, typ: `postern-${purpose}`, ver: FORMAT };
      return encryptJwe(
        Uint8Array.from(new TextEncoder().encode(JSON.stringify(value))),
        await deriveKey(key, purpose, salt),
        header,
      );
    },

    async unseal<T>(purpose: Purpose, sealed: string, salt?: Uint8Array<ArrayBuffer>): Promise<Unsealed<T>> {
      if (sealed.length > MAX_SEALED_LENGTH) return { kind: 'foreign' };
      const header = readJweHeader(sealed);
      if (!header || header['typ'] !== `postern-${purpose}`) return { kind: 'foreign' };
      if (typeof header['ver'] === 'number' && header['ver'] > FORMAT) return { kind: 'newer' };
      const all = await keys();
      const key = all.find(({ kid }) => kid === header['kid']);
      if (!key) return { kind: 'foreign' };
      const plaintext = await decryptJwe(sealed, await deriveKey(key, purpose, salt));
      if (!plaintext) return { kind: 'foreign' };
      return { kind: 'ok', value: JSON.parse(new TextDecoder().decode(plaintext)) as T, isOldKey: key !== all[0] };
    },
  };
}

async function createRingKey(secret: string, binding: string): Promise<RingKey> {
  const master = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, ['deriveBits']);
  const kid = await hkdf(master, 'kid', new Uint8Array(0), 6);
  return { kid: toHex(kid), master, derived: new Map(), binding };
}

async function deriveKey(
  key: RingKey,
  purpose: Purpose,
  salt: Uint8Array<ArrayBuffer> | undefined,
): Promise<CryptoKey> {
  // Salted keys are as many as sessions; only the others are kept.
  if (salt) return createKey(key, purpose, salt);
  const derived = key.derived.get(purpose) ?? (await createKey(key, purpose, new Uint8Array(0)));
  key.derived.set(purpose, derived);
  return derived;
}

async function createKey(
  { master, binding }: RingKey,
  purpose: Purpose,
  salt: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> {
  const bytes = await hkdf(master, purpose + binding, salt, 32);
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

async function hkdf(
  master: CryptoKey,
  purpose: string,
  salt: Uint8Array<ArrayBuffer>,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const info = new TextEncoder().encode(`postern ${purpose}`);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, master, bytes * 8),
  );
}
