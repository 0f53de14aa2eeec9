// Ends a session from the worker's side. While the user's object is away, the end is noted and brought to it later. Promise 4.
// The object learns of it in three ways: this isolate tries again, the object reads the note when it wakes up, and it reads the note when
// it is asked by somebody who could not reach it before.

import type { Emit } from '../observability/request-event.ts';
import { BoundedMap } from '../shared/isolate/bounded-map.ts';
import { LATE, within } from '../shared/isolate/deadline.ts';
import type { EndOutcome } from '../user-object/api.ts';
import type { EndNotes, NotedReason } from './end-notes.ts';
import type { UserSessionsDirectory } from './object-client.ts';

/** Whose session a cookie is; `expiresAt` in seconds since the epoch. */
export interface Holder {
  readonly id: string;
  readonly sub: string;
  readonly expiresAt: number;
}

export interface SessionEndsDependencies {
  readonly directory: UserSessionsDirectory;
  readonly notes: EndNotes;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
  readonly emit: Emit;
}

/** Milliseconds that whoever signs out waits for the object, which asks ZITADEL meanwhile; for one that may be away. */
const PATIENCE = 8_000;
const LITTLE_PATIENCE = 1_000;
/** Seconds between attempts. */
const RETRY = 5;
/** Ends that this isolate may remember to say to the objects later. */
const MOST_UNSAID = 1024;

export class SessionEnds {
  readonly #deps: SessionEndsDependencies;
  readonly #unsaid = new BoundedMap<string, { sub: string; reason: NotedReason }>(MOST_UNSAID);
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: SessionEndsDependencies) {
    this.#deps = deps;
  }

  /** Undefined while the object is away; `isAway`: it did not answer just now. */
  async signOut(holder: Holder, isAway = false): Promise<EndOutcome | undefined> {
    const { directory, waitUntil } = this.#deps;
    const ending = directory.ofUser(holder.sub).end({ id: holder.id }, 'logout', true);
    waitUntil(ending.catch(() => undefined));
    const ended = await within(ending, isAway ? LITTLE_PATIENCE : PATIENCE).catch(() => LATE);
    if (typeof ended === 'object') return ended;
    await this.note(holder, 'logout');
    return undefined;
  }

  /** Notes what could not be said to the object. Never throws. */
  async note({ id, sub, expiresAt }: Holder, reason: NotedReason): Promise<void> {
    const { notes, now, emit } = this.#deps;
    this.#unsaid.set(id, { sub, reason });
    this.#triedAt = now();
    try {
      await notes.write(id, reason, expiresAt - now());
    } catch (error) {
      const about = { sub, session: id, reason: `KV write: ${(error as Error).message}` };
      emit({ event: 'store_failed', level: 'error', ...about });
    }
  }

  /** Says to the objects what they missed; nobody waits for it. */
  deliver(): void {
    const { now, waitUntil } = this.#deps;
    if (this.#unsaid.size === 0 || now() - this.#triedAt < RETRY) return;
    this.#triedAt = now();
    for (const [id, { sub, reason }] of this.#unsaid.entries()) waitUntil(this.#say(id, sub, reason));
  }

  async #say(id: string, sub: string, reason: NotedReason): Promise<void> {
    const { directory, notes } = this.#deps;
    try {
      await directory.ofUser(sub).end({ id }, reason, false);
    } catch {
      // Still away; the fault is logged with the requests that meet it.
      return;
    }
    this.#unsaid.delete(id);
    await notes.remove(id).catch(() => undefined);
  }
}
