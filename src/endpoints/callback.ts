// GET /auth/callback: ends a login. Everything ZITADEL says is checked before a session begins; an honest visitor whose
// transaction is gone is never shown an error. OIDC Core §3.1.2.5 to §3.1.3.7, §5.3; RFC 9207; design promise 3.

import {
  type AppContext,
  appendCookies,
  type Endpoint,
  faultAnswer,
  redirectAnswer,
  thrownAnswer,
} from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import {
  beginSession,
  discard,
  endedTransaction,
  type SignedIn,
  type Target,
  targetUrl,
} from '../login/begin-session.ts';
import { TRANSACTION_LIFETIME } from '../login/bounds.ts';
import { assertNotFlooded, startLogin } from '../login/start-login.ts';
import { isLive, isSecondAttempt, type Transaction, transactionCookieName } from '../login/transaction.ts';
import { providerFault, toLoginFault } from '../oidc/provider-errors.ts';
import type { TokenSet } from '../oidc/relying-party.ts';
import type { IdTokenClaims } from '../oidc/tokens/id-token.ts';
import { readIdentity, withActor } from '../oidc/zitadel/identity-claims.ts';
import { isPrefetch } from '../policy/navigation.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import { endpointPath } from './catalogue.ts';

export const callback: Endpoint = (gateway) => async (c) => {
  if (isPrefetch(c.req.raw.headers)) throw new GatewayError('bad_request', 'callback: a prefetch ends no login');
  const parameters = new URL(c.req.url).searchParams;
  assertNoRepetition(parameters);
  await assertNotFlooded(gateway, c.req.raw);
  const state = parameters.get('state');
  const transaction = await loadTransaction(gateway, c.req.raw, state);
  if (!transaction) return answerLostTransaction(gateway, c, state);
  const asked = { at: gateway.now(), started: gateway.stopwatch() };
  try {
    const signedIn = await signIn(gateway, c, parameters, transaction);
    return await beginSession(gateway, c, transaction, signedIn, asked);
  } catch (error) {
    const response = (await answerSpentCode(gateway, c, transaction, error)) ?? thrownAnswer(gateway, c, error);
    // While ZITADEL is away a reload may still end this login; in every other case it is over.
    const isPassing = error instanceof GatewayError && error.code === 'provider_unavailable';
    const cookie = isPassing
      ? await interruptedTransaction(gateway, transaction)
      : endedTransaction(gateway, transaction.state);
    return appendCookies(response, [cookie]);
  }
};

function assertNoRepetition(parameters: URLSearchParams): void {
  for (const name of ['code', 'state', 'iss', 'error']) {
    if (parameters.getAll(name).length > 1) throw new GatewayError('login_failed', `callback: ${name} is repeated`);
  }
}

async function loadTransaction(
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

/** A back button, a bookmark, a login that took too long, or somebody else's link: never a session, never an error. */
async function answerLostTransaction(gateway: Gateway, c: AppContext, state: string | null): Promise<Response> {
  const { config } = gateway;
  const goingOn = await goOn(gateway, c, { returnTo: config.postLoginUrl });
  if (goingOn) return goingOn;
  if (isSecondAttempt(state)) {
    return faultAnswer(gateway, c, 'cookies_blocked', 'callback: no transaction on the second attempt', {
      page: (context) => gateway.pages.cookiesBlocked(context, { retryHref: endpointPath(config, 'login') }),
    });
  }
  c.get('event').decision = 'started_again';
  return startLogin(gateway, c.req.raw, { returnTo: config.postLoginUrl, attempt: 2 });
}

/**
 * A callback that was loaded twice, or again after ZITADEL broke down half way, brings a code that is used up. Its
 * visitor is as honest as one without a transaction. Undefined where that is not it, and the second time without a
 * page in between.
 */
async function answerSpentCode(
  gateway: Gateway,
  c: AppContext,
  transaction: Transaction,
  error: unknown,
): Promise<Response | undefined> {
  const { state, returnTo, max_age, amr, kept, interrupted = false } = transaction;
  const isStepUp = max_age !== undefined || amr !== undefined;
  const cause = error instanceof GatewayError && error.code === 'login_failed' ? error.cause : undefined;
  const isSpent = cause !== undefined && providerFault(cause).kind === 'dead';
  if (!isSpent || isStepUp) return undefined;
  const goingOn = await goOn(gateway, c, transaction);
  if (goingOn || (isSecondAttempt(state) && !interrupted)) return goingOn;
  c.get('event').decision = 'started_again';
  c.get('event').reason = (error as Error).message;
  return startLogin(gateway, c.req.raw, { returnTo, attempt: 2, kept });
}

/** To the page for whoever is signed in already. */
async function goOn(gateway: Gateway, c: AppContext, target: Target): Promise<Response | undefined> {
  const opened = await gateway.visitorSessions.open(c.req.header('cookie') ?? null);
  if (opened.kind !== 'active') return undefined;
  c.get('event').decision = 'already_signed_in';
  return redirectAnswer(gateway, await targetUrl(gateway, target, opened.visit.session.identity.sub));
}

async function signIn(
  gateway: Gateway,
  c: AppContext,
  parameters: URLSearchParams,
  transaction: Transaction,
): Promise<SignedIn> {
  const { relyingParty } = gateway;
  const signal = AbortSignal.timeout(gateway.loginDeadline);
  const { state, nonce, code_verifier } = transaction;
  const { tokens, idToken } = await relyingParty.exchangeCode(parameters, { state, nonce, code_verifier }, signal);
  try {
    return await identify(gateway, c, tokens, idToken, signal);
  } catch (error) {
    gateway.waitUntil(discard(gateway, tokens));
    throw error;
  }
}

async function identify(
  gateway: Gateway,
  c: AppContext,
  tokens: TokenSet,
  idToken: IdTokenClaims,
  signal: AbortSignal,
): Promise<SignedIn> {
  const { config, relyingParty, now } = gateway;
  const claimsAt = now();
  let claims: Readonly<Record<string, unknown>>;
  try {
    claims = (await relyingParty.userinfo(tokens.access_token, idToken.sub, signal)) ?? idToken.all;
  } catch (error) {
    throw toLoginFault('userinfo', error);
  }
  const { identity, malformed } = readIdentity(idToken.sub, withActor(claims, idToken.all), gateway.identityOptions);
  const sub = identity.sub;
  if (malformed.length > 0) gateway.emit({ event: 'malformed_claims', level: 'warn', sub, claims: malformed });
  c.get('event').sub = sub;
  // ZITADEL enforces the organisation's scope only since v4.12; before that it was a hint to its sign-in page.
  if (config.organizationId !== undefined && identity.org !== config.organizationId) {
    throw new GatewayError('foreign_organization', `organisation ${identity.org ?? 'unknown'}`);
  }
  return { tokens, idToken, identity, claimsAt };
}

async function interruptedTransaction({ config, keyring }: Gateway, transaction: Transaction): Promise<string> {
  const name = transactionCookieName(cookieBase(config.isSecure), transaction.state);
  const sealed = await keyring.seal('transaction', { ...transaction, interrupted: true } satisfies Transaction);
  return serializeCookie(name, sealed, TRANSACTION_LIFETIME, config.isSecure);
}
