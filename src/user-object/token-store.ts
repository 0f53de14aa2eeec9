// The tokens of a session in KV: sealed under SESSION_SECRET and the session's own secret, one write-once key a generation.
// Design §6 KV: never asked *whether*, only *for what*; promise 7.

import type { TokenSet } from '../oidc/relying-party.ts';
import { createEndNotes, type EndNotes } from '../session/end-notes.ts';
import { digestName } from '../session/key-names.ts';
import type { Keyring, Unsealed } from '../session/keyring.ts';
import { LATE, within } from '../shared/deadline.ts';
import { fromHex } from '../shared/hex.ts';

/** KV refuses shorter times to live. */
const MIN_TTL = 60;

export interface TokenStore {
  seal(tokens: TokenSet, secret: string): Promise<string>;
  unseal(sealed: string, secret: string): Promise<Unsealed<TokenSet>>;
  /** `ttl` in seconds. What reads or writes throws where KV fails or is too slow. */
  write(key: string, sealed: string, ttl: number): Promise<void>;
  read(key: string): Promise<string | undefined>;
  remove(key: string): Promise<void>;
  /** Beside the tokens: what the object missed. */
  readonly endNotes: EndNotes;
}

/** Milliseconds a store may take: a hanging KV must not hold a request beyond the promised 15 seconds. */
const DEADLINE = 4_000;

export function createTokenStore(kv: KVNamespace, keyring: Keyring): TokenStore {
  return {
    seal: (tokens, secret) => keyring.seal('tokens', tokens, fromHex(secret)),
    unseal: (sealed, secret) => keyring.unseal<TokenSet>('tokens', sealed, fromHex(secret)),
    write: (key, sealed, ttl) => inTime(kv.put(key, sealed, { expirationTtl: Math.max(MIN_TTL, Math.ceil(ttl)) })),
    read: async (key) => (await inTime(kv.get(key))) ?? undefined,
    remove: (key) => inTime(kv.delete(key)),
    endNotes: createEndNotes(kv),
  };
}

export async function tokenKey(sessionId: string, generation: number): Promise<string> {
  return `${await digestName('tokens', sessionId)}/${generation}`;
}

async function inTime<T>(operation: Promise<T>): Promise<T> {
  const answer = await within(operation, DEADLINE);
  if (answer === LATE) throw new Error('KV: no answer in time');
  return answer;
}
