// The records of one user's sessions in the object's storage: read, written, ended, forgotten, and when to look again.
// ARCHITECTURE §6 (UserSessions: strongly consistent storage, one alarm); promise 4 (tombstones).

import type { EndReason, LogoutNotice, SessionOver, SessionSelection } from './api.ts';
import type { UserObjectDependencies } from './dependencies.ts';
import { pendingLoginExpiresAt, removeExpiredLogin } from './pending-login.ts';
import {
  entomb,
  expiryOf,
  idsOf,
  isForgettable,
  isOvertaken,
  isSelected,
  LOGOUT_TOLERANCE,
  nextDueAt,
  REPLACED_GRACE,
  type SessionRecord,
  withPredecessors,
} from './session-record.ts';
import { removeExpiredSignInNote, signInNoteExpiresAt } from './sign-in-notes.ts';

const SESSION = 'session/';
const NOTICE = 'jti/';
const POINTER = 'pointer';

interface Pointer {
  readonly sub: string;
  readonly expiresAt: number;
}

export class SessionBook {
  readonly #deps: Pick<UserObjectDependencies, 'storage' | 'termsOf' | 'now' | 'audit'>;

  constructor(deps: Pick<UserObjectDependencies, 'storage' | 'termsOf' | 'now' | 'audit'>) {
    this.#deps = deps;
  }

  load(id: string): SessionRecord | undefined {
    return this.#deps.storage.get<SessionRecord>(SESSION + id);
  }

  save(record: SessionRecord): void {
    this.#deps.storage.put(SESSION + record.id, record);
  }

  records(): SessionRecord[] {
    return [...this.#deps.storage.list<SessionRecord>(SESSION)].map(([, record]) => record);
  }

  /** Those that stand. */
  standing(): SessionRecord[] {
    return this.records().filter((record) => !record.ended && !this.expiryOf(record));
  }

  /** Why a session is over by its times, if it is. */
  expiryOf(record: SessionRecord): ReturnType<typeof expiryOf> {
    return expiryOf(record, this.#deps.now(), this.#deps.termsOf(record).times);
  }

  /** The record of a session that stands; one whose time is up ends here. */
  find(id: string): SessionRecord | SessionOver {
    const record = this.load(id);
    if (!record) return { kind: 'ended', reason: 'unknown' };
    if (record.ended) return { kind: 'ended', reason: record.ended.reason };
    const expiry = this.expiryOf(record);
    if (!expiry) return record;
    this.end({ id }, expiry);
    return { kind: 'ended', reason: expiry };
  }

  /**
   * Ends the selected sessions and what they have replaced, and returns those that had not ended before. The alarm
   * revokes their refresh tokens; for the session that was named by id it does so `revokeIn` seconds later.
   */
  end(selection: SessionSelection, reason: EndReason, revokeIn = 0): SessionRecord[] {
    const now = this.#deps.now();
    const all = this.records();
    const selected = all.filter((record) => isSelected(record, selection));
    const named = 'id' in selection ? selection.id : undefined;
    const ended = withPredecessors(selected, all)
      .filter((record) => !record.ended)
      .map((record) => entomb(record, reason, now, record.id === named ? revokeIn : 0));
    for (const record of ended) {
      this.save(record);
      this.#deps.audit({ event: 'session_ended', ...idsOf(record), reason, level: 'info' });
    }
    this.schedule();
    return ended;
  }

  /**
   * Notes that the browser which had the session `id` now has `successor`. Returns false, and notes nothing, where the
   * browser has signed in or out otherwise since `askedAt`. If `id` was replaced before by a session that the browser
   * never got, that session is replaced too.
   */
  replace(id: string, successor: string, askedAt: number): boolean {
    let record = this.load(id);
    if (!record || record.successor === successor) return true;
    if (isOvertaken(record, askedAt)) return false;
    while (record.successor !== undefined) {
      const next = this.load(record.successor);
      // The session in between is another user's, or it is the successor itself.
      if (!next || next.id === successor) return true;
      record = next;
    }
    this.save({ ...record, successor, replacedUntil: this.#deps.now() + REPLACED_GRACE });
    return true;
  }

  /** A logout token counts once, and is remembered until it expires. False: it has been used. */
  takeNotice({ jti, ...notice }: LogoutNotice): boolean {
    const { storage } = this.#deps;
    if (storage.get(NOTICE + jti) !== undefined) return false;
    storage.put(NOTICE + jti, notice);
    return true;
  }

  /** Whether a logout token that came while this session was only beginning is meant for it. */
  isNoticed(record: SessionRecord): boolean {
    for (const [, { sid, iat }] of this.#notices()) {
      if (isSelected(record, { sid, startedBefore: iat + LOGOUT_TOLERANCE })) return true;
    }
    return false;
  }

  point(sub: string, expiresAt: number): void {
    const before = this.pointer();
    const latest = before?.sub === sub ? Math.max(before.expiresAt, expiresAt) : expiresAt;
    this.#deps.storage.put(POINTER, { sub, expiresAt: latest } satisfies Pointer);
    this.schedule();
  }

  pointer(): Pointer | undefined {
    return this.#deps.storage.get<Pointer>(POINTER);
  }

  /** Drops what no longer matters: old tombstones, expired logout tokens, a pointer to sessions that are over. */
  tidy(): void {
    const { storage, now } = this.#deps;
    for (const record of this.records()) if (isForgettable(record, now())) storage.delete(SESSION + record.id);
    for (const [key, { exp }] of this.#notices()) if (exp + 60 < now()) storage.delete(key);
    const pointer = this.pointer();
    if (pointer && pointer.expiresAt <= now()) storage.delete(POINTER);
    removeExpiredLogin(storage, now());
    removeExpiredSignInNote(storage, now());
  }

  /** Sets the object's one alarm to whatever is due first. */
  schedule(): void {
    const { storage, termsOf, now } = this.#deps;
    const due = this.records().map((record) => nextDueAt(record, termsOf(record).times));
    for (const [, { exp }] of this.#notices()) due.push(exp + 61);
    const pointer = this.pointer();
    if (pointer) due.push(pointer.expiresAt);
    for (const until of [pendingLoginExpiresAt(storage), signInNoteExpiresAt(storage)])
      if (until !== undefined) due.push(until);
    if (due.length > 0) storage.setAlarm(Math.max(now(), Math.min(...due)) * 1000);
    else if ([...storage.list('')].length === 0) storage.release();
  }

  #notices(): Iterable<[string, Omit<LogoutNotice, 'jti'>]> {
    return [...this.#deps.storage.list<Omit<LogoutNotice, 'jti'>>(NOTICE)];
  }
}
