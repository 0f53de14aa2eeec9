// What a user's object missed while it could not be reached: sessions that were ended meanwhile.
// Promise 4. KV is asked when the object has woken up, and when somebody could not reach it, but never for an ordinary request.

import type { UserObjectDependencies } from './dependencies.ts';
import type { SessionBook } from './session-book.ts';
import { idsOf } from './session-record.ts';

export class NotedEnds {
  readonly #deps: Pick<UserObjectDependencies, 'tokenStore' | 'audit' | 'background'>;
  readonly #book: SessionBook;
  /** Sessions that have begun, or were asked about, since the object woke up. */
  readonly #known = new Set<string>();

  constructor(deps: Pick<UserObjectDependencies, 'tokenStore' | 'audit' | 'background'>, book: SessionBook) {
    this.#deps = deps;
    this.#book = book;
  }

  begun(id: string): void {
    this.#known.add(id);
  }

  /** Ends the session if that was noted; `isDoubtful`: somebody could not reach this object. Never throws. */
  async look(id: string, isDoubtful = false): Promise<void> {
    if (this.#known.has(id) && !isDoubtful) return;
    const record = this.#book.load(id);
    if (!record || record.ended) return;
    const { endNotes } = this.#deps.tokenStore;
    try {
      const reason = await endNotes.read(id);
      this.#known.add(id);
      if (reason === undefined) return;
      this.#book.end({ id }, reason);
      this.#deps.background(endNotes.remove(id).catch(() => undefined));
    } catch (error) {
      const about = { ...idsOf(record), level: 'warn' } as const;
      this.#deps.audit({ event: 'store_failed', ...about, reason: `KV read: ${(error as Error).message}` });
    }
  }

  async lookAtAll(isDoubtful = false): Promise<void> {
    await Promise.all(this.#book.standing().map(({ id }) => this.look(id, isDoubtful)));
  }
}
