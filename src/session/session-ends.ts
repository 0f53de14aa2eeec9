// Ends a session from the worker's side; while the user's object is away the end is noted, and brought to it later.
// Design promise 4. Three ways lead there: this isolate tries again, the object reads the note when it wakes up, and so it does
// for whoever could not reach it.

import type { Emit } from '../observability/request-event.ts';
import { BoundedMap } from '../shared/bounded-map.ts';
import { LATE, within } from '../shared/deadline.ts';
import type { EndOutcome } from '../user-object/api.ts';
import type { EndNotes } from './end-notes.ts';
import type { UserSessionsDirectory } from './object-client.ts';

/** Whose session a cookie is; `expiresAt` in seconds since the epoch. */
export interface Holder {
  readonly id: string;
  readonly sub: string;
  readonly expiresAt: number;
}

export interface SessionEnds {
  /** Undefined while the object is away; `isAway`: it did not answer just now. */
  signOut(holder: Holder, isAway?: boolean): Promise<EndOutcome | undefined>;
  /** Notes what could not be said to the object. Never throws. */
  note(holder: Holder, reason: 'logout' | 'replaced'): Promise<void>;
  /** Says to the objects what they missed; nobody waits for it. */
  deliver(): void;
}

/** Milliseconds that whoever signs out waits for the object, which asks ZITADEL meanwhile; for one that may be away. */
const PATIENCE = 8_000;
const LITTLE_PATIENCE = 1_000;
/** Seconds between attempts. */
const RETRY = 5;

interface Dependencies {
  readonly directory: UserSessionsDirectory;
  readonly notes: EndNotes;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
  readonly emit: Emit;
}

export function createSessionEnds({ directory, notes, now, waitUntil, emit }: Dependencies): SessionEnds {
  const unsaid = new BoundedMap<string, { sub: string; reason: 'logout' | 'replaced' }>(1024);
  let triedAt = Number.NEGATIVE_INFINITY;

  async function say(id: string, sub: string, reason: 'logout' | 'replaced'): Promise<void> {
    try {
      await directory.ofUser(sub).end({ id }, reason, false);
    } catch {
      // Still away; the fault is logged with the requests that meet it.
      return;
    }
    unsaid.delete(id);
    await notes.remove(id).catch(() => undefined);
  }

  async function note({ id, sub, expiresAt }: Holder, reason: 'logout' | 'replaced'): Promise<void> {
    unsaid.set(id, { sub, reason });
    triedAt = now();
    try {
      await notes.write(id, reason, expiresAt - now());
    } catch (error) {
      const about = { sub, session: id, reason: `KV write: ${(error as Error).message}` };
      emit({ event: 'store_failed', level: 'error', ...about });
    }
  }

  return {
    async signOut(holder, isAway = false) {
      const { id, sub } = holder;
      const ending = directory.ofUser(sub).end({ id }, 'logout', true);
      waitUntil(ending.catch(() => undefined));
      const ended = await within(ending, isAway ? LITTLE_PATIENCE : PATIENCE).catch(() => LATE);
      if (typeof ended === 'object') return ended;
      await note(holder, 'logout');
      return undefined;
    },

    note,

    deliver() {
      if (unsaid.size === 0 || now() - triedAt < RETRY) return;
      triedAt = now();
      for (const [id, { sub, reason }] of unsaid.entries()) waitUntil(say(id, sub, reason));
    },
  };
}
