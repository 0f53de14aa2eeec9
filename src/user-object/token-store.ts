// The tokens of a session in KV: sealed under SESSION_SECRET and the session's own secret. Each generation has a key of its own, which is
// written once. ARCHITECTURE §6 (KV is never asked *whether* a session stands, only for its tokens); promise 7.

import type { TokenSet } from '../oidc/relying-party.ts';
import { createEndNotes, type EndNotes } from '../session/end-notes.ts';
import type { Keyring, Unsealed } from '../session/keyring.ts';
import { createKvStore, digestName, type KvStore } from '../session/kv-store.ts';

export interface TokenStore extends KvStore {
  seal(tokens: TokenSet, secret: string): Promise<string>;
  unseal(sealed: string, secret: string): Promise<Unsealed<TokenSet>>;
  /** Beside the tokens: what the object missed. */
  readonly endNotes: EndNotes;
}

/** Milliseconds. */
const DEADLINES = { reading: 4_000, writing: 4_000 };

export function createTokenStore(kv: KVNamespace, keyring: Keyring): TokenStore {
  return {
    ...createKvStore(kv, DEADLINES),
    seal: (tokens, secret) => keyring.seal('tokens', tokens, fromHex(secret)),
    unseal: (sealed, secret) => keyring.unseal<TokenSet>('tokens', sealed, fromHex(secret)),
    endNotes: createEndNotes(kv),
  };
}

export async function tokenKey(sessionId: string, generation: number): Promise<string> {
  return `${await digestName('tokens', sessionId)}/${generation}`;
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
