// What a login under way is told by another one of the same browser: that a session has begun there since. In an object of its own.
// Why here: of two callbacks that cross, each in an isolate of its own and neither with a session's cookie, nothing else knows both.

import type { SignInNote } from './api.ts';
import type { ObjectStorage } from './dependencies.ts';

const NEWER = 'newer';
/** Seconds. A callback is answered sooner. */
const LIFETIME = 120;

export function saveSignInNote(storage: ObjectStorage, note: SignInNote): void {
  // Of one second the latest to say so: it may have taken the other's place.
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
