// Which of two sign-ins of one browser stays.

import type { SignInNote } from '../user-object/api.ts';

/** The one that the browser asked for later. Of two that it asked for in one second any fixed order will do. */
export function isNewer(note: SignInNote, than: SignInNote): boolean {
  return note.at === than.at ? note.id > than.id : note.at > than.at;
}
