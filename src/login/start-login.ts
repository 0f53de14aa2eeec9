// Starts a login, for the login endpoint and for protected pages: puts a transaction into a sealed cookie, and redirects to ZITADEL.
// OIDC Core §3.1.2.1; RFC 7636 §4; promise 3.

import { appendCookies } from '../answer/answers.ts';
import { leadOnward } from '../answer/onward.ts';
import type { Gateway } from '../gateway.ts';
import {
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
} from '../oidc/conversation/random-values.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import { type OwnAddress, ROOT, withoutQuery } from '../shared/own-address.ts';
import { MAX_RETURN_TO_IN_COOKIE } from './bounds.ts';
import { markedState } from './callback/hand-over.ts';
import { type KeptForm, keepIfNeeded } from './kept-form.ts';
import { assertMayBegin } from './may-begin-login.ts';
import { createState, surplusTransactions, type Transaction, transactionCookieName } from './transaction.ts';
import { transactionCookie } from './transaction-cookie.ts';

export interface LoginStart {
  readonly returnTo: OwnAddress;
  readonly attempt?: 1 | 2;
  /** Checked parameters for the authorization request. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly extraScope?: string | undefined;
  /** What the new ID token must show. */
  readonly stepUp?: { readonly max_age?: number; readonly amr?: readonly string[] };
  /** The form that the visitor was sending. */
  readonly form?: KeptForm;
  /** The key of what an earlier attempt has kept. */
  readonly kept?: string | undefined;
  /** The `state` of the answer for which the login starts again; '' for one that named none of ours. */
  readonly retryOf?: string;
  /** Whether the browser must show first that it keeps the login's cookie. */
  readonly needsCookie?: boolean;
}

/** How many logins that one browser begins in one second keep their order. */
const MOST_AHEAD = 30;

export async function startLogin(gateway: Gateway, request: Request, start: LoginStart): Promise<Response> {
  await assertMayBegin(gateway, request);
  return beginLogin(gateway, request, start);
}

/** The caller has called assertMayBegin. */
export async function beginLogin(gateway: Gateway, request: Request, start: LoginStart): Promise<Response> {
  const { config, relyingParty } = gateway;
  const { returnTo } = start;
  await gateway.assertSignInReach();
  const kept = start.kept ?? (await keepIfNeeded(gateway, request, start));
  const base = cookieBase(config.isSecure);
  const present = parseOwnCookies(request.headers.get('cookie'), base);
  const order = orderOf(base, [...present.keys()], gateway.now());
  const transaction: Transaction = {
    state: markedState(gateway, createState(start.attempt ?? 1, order, generateRandomState())),
    nonce: generateRandomNonce(),
    code_verifier: generateRandomCodeVerifier(),
    returnTo: fitReturnTo(returnTo),
    startedAt: gateway.now(),
    ...(kept !== undefined && { kept }),
    ...(start.retryOf !== undefined && { retryOf: start.retryOf }),
    ...start.stepUp,
  };
  const { state, nonce, code_verifier } = transaction;
  const { extra = {}, extraScope } = start;
  const location = await relyingParty.authorizationUrl({ state, nonce, code_verifier, extra, extraScope });
  const cookie = await transactionCookie(gateway, transaction);
  const onward = { location, ...(start.needsCookie && { state }) };
  return appendCookies(await leadOnward(gateway, request, onward), [
    ...surplusTransactions(present.keys(), base).map((name) => serializeCookie(name, '', 0, config.isSecure)),
    cookie,
  ]);
}

/** The second in which the login starts. If logins of this browser have that number already, the number after the latest of them. */
function orderOf(base: string, present: readonly string[], now: number): number {
  const isTaken = (second: number) => {
    const beginning = transactionCookieName(base, createState(1, second, ''));
    return present.some((name) => name.startsWith(beginning));
  };
  let order = present.length > 0 ? now + MOST_AHEAD : now;
  while (order > now && !isTaken(order - 1)) order -= 1;
  return order;
}

/** The cookie holds the path alone if the address is too long for it, and `/` if the path is too long as well. */
function fitReturnTo(returnTo: OwnAddress): OwnAddress {
  if (returnTo.length <= MAX_RETURN_TO_IN_COOKIE) return returnTo;
  const path = withoutQuery(returnTo);
  return path.length <= MAX_RETURN_TO_IN_COOKIE ? path : ROOT;
}
