// The object of one login: what is kept for it, and what other logins of the same browser tell it. It is of the same class as a user's
// object. ARCHITECTURE §6; pending-login.ts and sign-in-notes.ts say why an object holds this.

import type { PendingLogin, SignInNote } from './api.ts';
import type { ObjectStorage } from './dependencies.ts';
import { loadPendingLogin, savePendingLogin, takePendingForm } from './pending-login.ts';
import { loadSignInNote, saveSignInNote } from './sign-in-notes.ts';

export class LoginObject {
  readonly #storage: ObjectStorage;
  readonly #now: () => number;
  readonly #schedule: () => void;

  constructor(storage: ObjectStorage, now: () => number, schedule: () => void) {
    this.#storage = storage;
    this.#now = now;
    this.#schedule = schedule;
  }

  async keep(parts: { address?: string; form?: string }, expiresAt: number): Promise<void> {
    savePendingLogin(this.#storage, parts, expiresAt);
    this.#schedule();
  }

  async kept(): Promise<PendingLogin | undefined> {
    return loadPendingLogin(this.#storage, this.#now());
  }

  async takeForm(): Promise<string | undefined> {
    return takePendingForm(this.#storage, this.#now());
  }

  async noteSignIn(note: SignInNote): Promise<void> {
    saveSignInNote(this.#storage, note);
    this.#schedule();
  }

  async notedSignIn(): Promise<SignInNote | undefined> {
    return loadSignInNote(this.#storage);
  }
}
