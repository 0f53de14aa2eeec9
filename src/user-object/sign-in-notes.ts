// What a login under way is told by another login of the same browser: that a session has begun there meanwhile. Each login has an
// object for it. Why here: two callbacks may cross, each in an isolate of its own and without a session's cookie; only the object knows both.

import type { SignInNote } from './api.ts';
import type { ObjectStorage } from './dependencies.ts';

const NEWER = 'newer';
/** Seconds; every callback is answered sooner. */
const LIFETIME = 120;

export function saveSignInNote(storage: ObjectStorage, note: SignInNote): void {
  // Of two of the same second the later call counts: its session may have taken the other's place.
  if ((storage.get<SignInNote>(NEWER)?.at ?? note.at) <= note.at) storage.put(NEWER, note);
}

export function loadSignInNote(storage: ObjectStorage): SignInNote | undefined {
  return storage.get<SignInNote>(NEWER);
}

export function signInNoteExpiresAt(storage: ObjectStorage): number | undefined {
  const note = loadSignInNote(storage);
  return note && note.at + LIFETIME;
}

export function removeExpiredSignInNote(storage: ObjectStorage, now: number): void {
  if ((signInNoteExpiresAt(storage) ?? now + 1) <= now) storage.delete(NEWER);
}
