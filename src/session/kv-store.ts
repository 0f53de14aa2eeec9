// KV as sessions use it, from both sides: with deadlines, and under names that tell nobody a session's id.
// ARCHITECTURE §3 (each call to a store has a deadline), §6 (KV); promise 7.

import { LATE, within } from '../shared/isolate/deadline.ts';
import { toHex } from '../shared/random.ts';

/** Everything throws where KV fails or is too slow. */
export interface KvStore {
  read(key: string): Promise<string | undefined>;
  /** `ttl` in seconds. */
  write(key: string, value: string, ttl: number): Promise<void>;
  remove(key: string): Promise<void>;
}

/** KV refuses shorter times to live. */
const MIN_TTL = 60;

/** Deadlines in milliseconds, so that a KV that hangs holds no request beyond the promised 15 seconds; `writing` holds for removals too. */
export function createKvStore(kv: KVNamespace, { reading, writing }: { reading: number; writing: number }): KvStore {
  return {
    read: async (key) => (await inTime(kv.get(key), reading)) ?? undefined,
    write: (key, value, ttl) =>
      inTime(kv.put(key, value, { expirationTtl: Math.max(MIN_TTL, Math.ceil(ttl)) }), writing),
    remove: (key) => inTime(kv.delete(key), writing),
  };
}

async function inTime<T>(operation: Promise<T>, deadline: number): Promise<T> {
  const answer = await within(operation, deadline);
  if (answer === LATE) throw new Error('KV: no answer in time');
  return answer;
}

/** The name under which something of a session lies in KV. */
export async function digestName(kind: 'tokens' | 'ended', sessionId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${kind} ${sessionId}`));
  return `${kind}/${toHex(new Uint8Array(digest).subarray(0, 16))}`;
}
