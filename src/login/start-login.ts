// Starts a login: a transaction of its own in a sealed cookie, then off to ZITADEL. Used by the login endpoint and by protected pages.
// OIDC Core §3.1.2.1; RFC 7636 §4; design promise 3.

import { appendCookies, redirectAnswer } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { isPrefetch, mayBeginLogin } from '../policy/navigation.ts';
import { MAX_RETURN_TO_LENGTH } from '../policy/return-to.ts';
import { loginRedirectStatus } from '../policy/way-to-login.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from '../shared/random.ts';
import { MAX_RETURN_TO_IN_COOKIE, STRANGERS_LIFETIME, TRANSACTION_LIFETIME } from './bounds.ts';
import { type KeptForm, keepForLogin } from './kept-form.ts';
import { createState, surplusTransactions, type Transaction, transactionCookieName } from './transaction.ts';

export interface LoginStart {
  /** Path, query and fragment on our origin. */
  readonly returnTo: string;
  readonly attempt?: 1 | 2;
  /** Checked parameters for the authorization request. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly extraScope?: string | undefined;
  /** What the new ID token must show. */
  readonly stepUp?: { readonly max_age?: number; readonly amr?: readonly string[] };
  /** What was being sent. */
  readonly form?: KeptForm;
  /** Of an earlier attempt. */
  readonly kept?: string | undefined;
}

/** Logins of one browser in one second that are still told apart. */
const MOST_AHEAD = 30;

export async function startLogin(gateway: Gateway, request: Request, start: LoginStart): Promise<Response> {
  await assertMayBegin(gateway, request);
  return beginLogin(gateway, request, start);
}

/** Before anything of the request's body is read. @throws GatewayError `unauthenticated`, `too_many_requests` */
export async function assertMayBegin(gateway: Gateway, request: Request, allowsScript = false): Promise<void> {
  if (isPrefetch(request.headers)) throw new GatewayError('unauthenticated', 'a prefetch starts no login');
  if (!mayBeginLogin(request.headers, allowsScript)) {
    throw new GatewayError('unauthenticated', 'only a document starts a login');
  }
  await assertNotFlooded(gateway, request);
}

/** For whoever has called assertMayBegin. */
export async function beginLogin(gateway: Gateway, request: Request, start: LoginStart): Promise<Response> {
  const { config, keyring, relyingParty } = gateway;
  const { returnTo } = start;
  const kept = start.kept ?? (await keepFor(gateway, request, start));
  const base = cookieBase(config.isSecure);
  const present = parseOwnCookies(request.headers.get('cookie'), base);
  const order = orderOf(base, [...present.keys()], gateway.now());
  const transaction: Transaction = {
    state: createState(start.attempt ?? 1, order, generateRandomState()),
    nonce: generateRandomNonce(),
    code_verifier: generateRandomCodeVerifier(),
    returnTo: fitReturnTo(returnTo),
    startedAt: gateway.now(),
    ...(kept !== undefined && { kept }),
    ...start.stepUp,
  };
  const { state, nonce, code_verifier } = transaction;
  const { extra = {}, extraScope } = start;
  const location = await relyingParty.authorizationUrl({ state, nonce, code_verifier, extra, extraScope });
  const sealed = await keyring.seal('transaction', transaction);
  return appendCookies(redirectAnswer(gateway, location, loginRedirectStatus(request.method)), [
    ...surplusTransactions(present.keys(), base).map((name) => serializeCookie(name, '', 0, config.isSecure)),
    serializeCookie(transactionCookieName(base, state), sealed, TRANSACTION_LIFETIME, config.isSecure),
  ]);
}

/** The second of its start, or what comes after the latest login under way here: of several in one second the first is the oldest. */
function orderOf(base: string, present: readonly string[], now: number): number {
  const isTaken = (second: number) => {
    const beginning = transactionCookieName(base, createState(1, second, ''));
    return present.some((name) => name.startsWith(beginning));
  };
  let order = present.length > 0 ? now + MOST_AHEAD : now;
  while (order > now && !isTaken(order - 1)) order -= 1;
  return order;
}

/** The key of what does not fit into the cookie, where there is such a thing and room for it. */
async function keepFor(
  gateway: Gateway,
  { headers }: Request,
  { returnTo, form }: LoginStart,
): Promise<string | undefined> {
  const isLong = returnTo.length > MAX_RETURN_TO_IN_COOKIE && returnTo.length <= MAX_RETURN_TO_LENGTH;
  const isKept = form !== undefined || (isLong && gateway.strangers.mayLeave(clientNetwork(headers)));
  if (!isKept) return undefined;
  const lifetime = form?.formerSub === undefined ? STRANGERS_LIFETIME : TRANSACTION_LIFETIME;
  return keepForLogin(gateway, returnTo, form, gateway.now() + lifetime);
}

/** Where the whole address is kept elsewhere, or not at all, its path is the next best. */
function fitReturnTo(returnTo: string): string {
  if (returnTo.length <= MAX_RETURN_TO_IN_COOKIE) return returnTo;
  const path = returnTo.split(/[?#]/, 1)[0] ?? '/';
  return path.length <= MAX_RETURN_TO_IN_COOKIE ? path : '/';
}

/** The binding counts per location of the edge and forgives much: it slows guessing down, it is no lock. */
export async function assertNotFlooded({ bindings }: Gateway, request: Request): Promise<void> {
  const limit = bindings.LOGIN_RATE_LIMIT;
  const key = clientNetwork(request.headers);
  if (!limit || key === undefined) return;
  const { success } = await limit.limit({ key });
  if (!success) throw new GatewayError('too_many_requests', 'LOGIN_RATE_LIMIT', { retryAfter: 60 });
}
