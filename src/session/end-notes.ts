// Notes in KV that a session has ended, for its user's object to find when it is back. ARCHITECTURE §6.
// Why here: when no object answers, KV is the only store left that outlives the isolate. A note says only that a session
// has ended, never that one stands; a note that KV shows late ends it late.

import type { EndReason } from '../user-object/api.ts';
import { createKvStore, digestName } from './kv-store.ts';

/** Milliseconds. Nobody waits long for a note: there hardly ever is one. */
const DEADLINES = { reading: 1_000, writing: 3_000 };

export type NotedReason = Extract<EndReason, 'logout' | 'replaced'>;

/** Everything throws where KV fails or is too slow. */
export interface EndNotes {
  /** `ttl` in seconds: as long as the session could have stood. */
  write(sessionId: string, reason: NotedReason, ttl: number): Promise<void>;
  read(sessionId: string): Promise<NotedReason | undefined>;
  remove(sessionId: string): Promise<void>;
}

export function createEndNotes(kv: KVNamespace): EndNotes {
  const store = createKvStore(kv, DEADLINES);
  const nameOf = (sessionId: string) => digestName('ended', sessionId);
  return {
    write: async (sessionId, reason, ttl) => store.write(await nameOf(sessionId), reason, ttl),
    async read(sessionId) {
      const reason = await store.read(await nameOf(sessionId));
      if (reason === undefined) return undefined;
      return reason === 'replaced' ? reason : 'logout';
    },
    remove: async (sessionId) => store.remove(await nameOf(sessionId)),
  };
}
