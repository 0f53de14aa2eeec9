// A login under way: what its callback must find in this browser. Each login has a sealed cookie of its own.
// RFC 9700 §2.1 (state bound to the user agent), §2.1.1 (PKCE and nonce per transaction); promise 3.

import type { OwnAddress } from '../shared/own-address.ts';
import { MAX_TRANSACTIONS, TRANSACTION_LIFETIME } from './bounds.ts';

export interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
  /** Shortened if it is too long for the cookie; then the whole is kept under `kept`. */
  readonly returnTo: OwnAddress;
  readonly startedAt: number;
  /** Its callback was answered with a 503 before, so a person has loaded it again: this is no loop. */
  readonly interrupted?: true;
  /** The `state` of the answer for which it started again; '' for one that named none of ours. */
  readonly retryOf?: string;
  /** Key of the object that keeps the whole address, and the form that was on its way (kept-form.ts). */
  readonly kept?: string;
  /** What the new ID token must show (step-up). */
  readonly max_age?: number;
  readonly amr?: readonly string[];
}

/**
 * `state` begins with the attempt (`1`, or `2` when the browser came back without its transaction once) and the time
 * in base 36, so that the oldest cookie is known by its name.
 */
export function createState(attempt: 1 | 2, now: number, random: string): string {
  return `${attempt}${now.toString(36).padStart(7, '0')}${random}`;
}

/** Whether `state` is of a login that was already a second attempt. */
export function isSecondAttempt(state: string | null): boolean {
  return state?.startsWith('2') === true;
}

/**
 * Whether it is as createState makes them: ZITADEL gives such a one back, and with it the attempt. The next login's cookie has room for no
 * longer one, which only a link of somebody else's can bring.
 */
export function isStateOfOurs(state: string | null): state is string {
  return state !== null && /^[12][\da-z]{7}[\w-]{1,64}(~[a-z\d._:-]{1,260})?$/.test(state);
}

export function transactionCookieName(base: string, state: string): string {
  return `${base}-tx-${state.slice(1, 20).replace(/[^\w-]/g, '')}`;
}

/** Names of the transactions that must go so that one more fits, oldest first. */
export function surplusTransactions(cookieNames: Iterable<string>, base: string): string[] {
  const prefix = `${base}-tx-`;
  const names = [...cookieNames].filter((name) => name.startsWith(prefix)).sort();
  return names.slice(0, Math.max(0, names.length - (MAX_TRANSACTIONS - 1)));
}

/** Whether `state` belongs to this login, and the login did not take too long. */
export function isLive(transaction: Transaction, state: string, now: number): boolean {
  return transaction.state === state && now - transaction.startedAt <= TRANSACTION_LIFETIME;
}
