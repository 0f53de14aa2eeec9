// A session in the cookies of its browser: read from a request, sealed for an answer, deleted.
// ARCHITECTURE §6 (Cookie).

import { cookieBase, parseOwnCookies } from './cookies.ts';
import type { Keyring } from './keyring.ts';
import { deletedCookies, fitsCookies, joinChunks, sealedCookies } from './sealed-cookie.ts';
import type { SealedSession, Session } from './session.ts';
import { type CookieEntry, type CookieMemory, createUnsealedCookies } from './unsealed-cookies.ts';

interface Dependencies {
  readonly keyring: Keyring;
  readonly isSecure: boolean;
  readonly unsealedCookies?: CookieMemory;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export class SessionCookies {
  readonly #keyring: Keyring;
  readonly #now: () => number;
  readonly #name: string;
  readonly #unseal: (text: string) => Promise<CookieEntry | undefined>;

  constructor({ keyring, isSecure, unsealedCookies, now }: Dependencies) {
    this.#keyring = keyring;
    this.#now = now;
    this.#name = cookieBase(isSecure);
    this.#unseal = createUnsealedCookies(keyring, unsealedCookies);
  }

  read(cookieHeader: string | null): Promise<CookieEntry | undefined> {
    const text = joinChunks(parseOwnCookies(cookieHeader, this.#name), this.#name);
    return text === undefined ? Promise.resolve(undefined) : this.#unseal(text);
  }

  /** The text for the cookies; without the identity, which the user's object has too, where it would not fit with it. */
  async seal(session: Session): Promise<string> {
    const { identity, ...rest } = session;
    const whole = await this.#keyring.seal('session', { ...rest, sub: identity.sub, identity } satisfies SealedSession);
    if (fitsCookies(this.#name, whole)) return whole;
    return this.#keyring.seal('session', { ...rest, sub: identity.sub } satisfies SealedSession);
  }

  /** Set-Cookie values that store the sealed text in place of what the browser sent. */
  write(text: string, { expiresAt }: Session, cookieHeader: string | null): string[] {
    const present = parseOwnCookies(cookieHeader, this.#name);
    return sealedCookies(this.#name, text, expiresAt - this.#now(), present);
  }

  /** Set-Cookie values that delete what the browser sent. */
  delete(cookieHeader: string | null): string[] {
    return deletedCookies(this.#name, parseOwnCookies(cookieHeader, this.#name));
  }
}
