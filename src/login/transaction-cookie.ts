// The sealed cookie of one login under way: written when the login starts, read by its callback, deleted when it ends.
// RFC 9700 §2.1 (state bound to the user agent); promise 3.

import type { Gateway } from '../gateway.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import { MAX_TRANSACTIONS, TRANSACTION_LIFETIME } from './bounds.ts';
import { isLive, type Transaction, transactionCookieName } from './transaction.ts';

/** Undefined if this browser has no login with this `state`, or if it took too long. */
export async function loadTransaction(
  { config, keyring, now }: Gateway,
  request: Request,
  state: string | null,
): Promise<Transaction | undefined> {
  if (state === null) return undefined;
  const base = cookieBase(config.isSecure);
  const sealed = parseOwnCookies(request.headers.get('cookie'), base).get(transactionCookieName(base, state));
  if (sealed === undefined) return undefined;
  const opened = await keyring.unseal<Transaction>('transaction', sealed);
  return opened.kind === 'ok' && isLive(opened.value, state, now()) ? opened.value : undefined;
}

export function hasOwnCookies({ config }: Gateway, request: Request): boolean {
  return parseOwnCookies(request.headers.get('cookie'), cookieBase(config.isSecure)).size > 0;
}

/** Seconds within which an answer that comes again goes round by itself. Later, somebody may have come back to an old bookmark. */
const ROUND = 300;
/** Logins that this browser may have begun again within that time, each for another answer: as many tabs, restored at once. */
const MOST_RETRIES = 6;

/** Whether this browser has begun again for this answer before, or for so many others that each round makes a new one. */
export async function isGoingRound(
  { config, keyring, now }: Gateway,
  request: Request,
  retryOf: string,
): Promise<boolean> {
  const base = cookieBase(config.isSecure);
  const sealed = [...parseOwnCookies(request.headers.get('cookie'), base)]
    .flatMap(([name, value]) => (name.startsWith(`${base}-tx-`) ? [value] : []))
    .slice(0, MAX_TRANSACTIONS);
  const opened = await Promise.all(sealed.map((each) => keyring.unseal<Transaction>('transaction', each)));
  const retries = opened.flatMap((each) =>
    each.kind === 'ok' && now() - each.value.startedAt <= ROUND ? (each.value.retryOf ?? []) : [],
  );
  return retries.includes(retryOf) || retries.length >= MOST_RETRIES;
}

/** A Set-Cookie value. */
export async function transactionCookie({ config, keyring }: Gateway, transaction: Transaction): Promise<string> {
  const name = transactionCookieName(cookieBase(config.isSecure), transaction.state);
  const sealed = await keyring.seal('transaction', transaction);
  return serializeCookie(name, sealed, TRANSACTION_LIFETIME, config.isSecure);
}

export function endedTransactionCookie({ config }: Gateway, { state }: Transaction): string {
  return serializeCookie(transactionCookieName(cookieBase(config.isSecure), state), '', 0, config.isSecure);
}
