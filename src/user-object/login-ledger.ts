// What a login under way is told by another one of the same browser: that a session has begun there since. In an object of its own.
// Why here: of two callbacks that cross, each in an isolate of its own and neither with a session's cookie, nothing else knows both.

import type { ObjectStorage } from './dependencies.ts';

const NEWER = 'newer';
/** Seconds. A callback is answered sooner. */
const LIFETIME = 120;

/** A sign-in by the time at which the browser sent off its callback; seconds since the epoch. */
export interface SignInNote {
  readonly at: number;
  /** Its session, and whose that is. */
  readonly id: string;
  readonly sub: string;
}

/** Of two sign-ins of one browser the one that it asked for later stays; any order will do for those of one second. */
export function isNewer(note: SignInNote, than: SignInNote): boolean {
  return note.at === than.at ? note.id > than.id : note.at > than.at;
}

export function noteSignIn(storage: ObjectStorage, note: SignInNote): void {
  // Of one second the latest to say so: it may have taken the other's place.
  if ((storage.get<SignInNote>(NEWER)?.at ?? note.at) <= note.at) storage.put(NEWER, note);
}

export function notedSignIn(storage: ObjectStorage): SignInNote | undefined {
  return storage.get<SignInNote>(NEWER);
}

export function noteKeptUntil(storage: ObjectStorage): number | undefined {
  const note = notedSignIn(storage);
  return note && note.at + LIFETIME;
}

export function tidyNote(storage: ObjectStorage, now: number): void {
  if ((noteKeptUntil(storage) ?? now + 1) <= now) storage.delete(NEWER);
}
