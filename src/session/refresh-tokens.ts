// The tokens of a session in KV: sealed under SESSION_SECRET and the session's own secret, one write-once key a generation.
// Design §6 KV: never asked *whether*, only *for what*; promise 7.

import type { TokenSet } from '../oidc/relying-party.ts';
import type { Keyring } from './keyring.ts';

/** KV refuses shorter times to live. */
const MIN_TTL = 60;

export interface TokenStore {
  seal(tokens: TokenSet, secret: string): Promise<string>;
  /** `isOldKey`: sealed under a SESSION_SECRET that is on its way out. */
  unseal(sealed: string, secret: string): Promise<{ tokens: TokenSet; isOldKey: boolean } | undefined>;
  write(key: string, sealed: string, ttl: number): Promise<void>;
  read(key: string): Promise<string | undefined>;
  remove(key: string): Promise<void>;
}

/** Milliseconds a store may take: a hanging KV must not hold a request beyond the promised 15 seconds. */
const DEADLINE = 4_000;

export function createTokenStore(kv: KVNamespace, keyring: Keyring): TokenStore {
  return {
    seal: (tokens, secret) => keyring.seal('tokens', tokens, fromHex(secret)),
    async unseal(sealed, secret) {
      const opened = await keyring.unseal<TokenSet>('tokens', sealed, fromHex(secret));
      return opened.kind === 'ok' ? { tokens: opened.value, isOldKey: opened.isOldKey } : undefined;
    },
    write: (key, sealed, ttl) => within(kv.put(key, sealed, { expirationTtl: Math.max(MIN_TTL, Math.ceil(ttl)) })),
    read: async (key) => (await within(kv.get(key))) ?? undefined,
    remove: (key) => within(kv.delete(key)),
  };
}

/** The key's name says nothing about the session: whoever reads KV learns no session id. */
export async function tokenKey(sessionId: string, generation: number): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`tokens ${sessionId}`));
  return `tokens/${toHex(new Uint8Array(digest).subarray(0, 16))}/${generation}`;
}

export function randomHex(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}

async function within<T>(operation: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('KV: no answer in time')), DEADLINE);
  });
  try {
    return await Promise.race([operation, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
