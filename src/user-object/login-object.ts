// The object of one login: what is kept for it, and what other logins of the same browser tell it. Wired as every user's object is.
// Design §6; kept-login.ts and login-ledger.ts say why it is here.

import type { KeptLogin } from './api.ts';
import type { ObjectStorage } from './dependencies.ts';
import { keep, kept, takeForm } from './kept-login.ts';
import { notedSignIn, noteSignIn, type SignInNote } from './login-ledger.ts';

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
    keep(this.#storage, parts, expiresAt);
    this.#schedule();
  }

  async kept(): Promise<KeptLogin | undefined> {
    return kept(this.#storage, this.#now());
  }

  async takeForm(): Promise<string | undefined> {
    return takeForm(this.#storage, this.#now());
  }

  async noteSignIn(note: SignInNote): Promise<void> {
    noteSignIn(this.#storage, note);
    this.#schedule();
  }

  async notedSignIn(): Promise<SignInNote | undefined> {
    return notedSignIn(this.#storage);
  }
}
