// Notes in KV that a session has ended, for its user's object to find when it is back.
// Design §6. Why here: when no object answers, KV is the only store left that outlives the isolate. It says only that a session
// has ended, never that one stands; a note that KV shows late ends it late.

import { LATE, within } from '../shared/deadline.ts';
import type { EndReason } from '../user-object/api.ts';
import { digestName } from './key-names.ts';

/** KV refuses shorter times to live. */
const MIN_TTL = 60;
/** Milliseconds. Nobody waits long for a note: there hardly ever is one. */
const READING = 1_000;
const WRITING = 3_000;

type NotedReason = Extract<EndReason, 'logout' | 'replaced'>;

export interface EndNotes {
  /** `ttl` in seconds: as long as the session could have stood. Throws where KV fails or is too slow. */
  write(sessionId: string, reason: NotedReason, ttl: number): Promise<void>;
  read(sessionId: string): Promise<NotedReason | undefined>;
  remove(sessionId: string): Promise<void>;
}

export function createEndNotes(kv: KVNamespace): EndNotes {
  return {
    async write(sessionId, reason, ttl) {
      const options = { expirationTtl: Math.max(MIN_TTL, Math.ceil(ttl)) };
      await inTime(kv.put(await digestName('ended', sessionId), reason, options), WRITING);
    },
    async read(sessionId) {
      const reason = await inTime(kv.get(await digestName('ended', sessionId)), READING);
      if (reason === null) return undefined;
      return reason === 'replaced' ? reason : 'logout';
    },
    async remove(sessionId) {
      await inTime(kv.delete(await digestName('ended', sessionId)), WRITING);
    },
  };
}

async function inTime<T>(operation: Promise<T>, deadline: number): Promise<T> {
  const answer = await within(operation, deadline);
  if (answer === LATE) throw new Error('KV: no answer in time');
  return answer;
}
