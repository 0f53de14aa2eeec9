// GET /auth/callback: ends a login. Everything ZITADEL says is checked before a session begins; an honest visitor whose
// transaction is gone is never shown an error. OIDC Core §3.1.2.5 to §3.1.3.7, §5.3; RFC 9207; design promise 3.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { Identity } from '../identity/identity.ts';
import type { IdTokenClaims } from '../oidc/id-token.ts';
import { readIdentity, withActor } from '../oidc/identity-claims.ts';
import type { TokenSet } from '../oidc/relying-party.ts';
import { providerFault, toLoginFault } from '../oidc/to-fault.ts';
import { isPrefetch } from '../policy/navigation.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import { TRANSACTION_LIFETIME } from '../session/login-bounds.ts';
import { randomHex } from '../session/refresh-tokens.ts';
import type { Session } from '../session/session.ts';
import { isLive, isSecondAttempt, type Transaction, transactionCookieName } from '../session/transaction.ts';
import type { Opened } from '../session/visitor-sessions.ts';
import { type AppContext, appendCookies, type Endpoint, faultAnswer, redirectAnswer, thrownAnswer } from './answers.ts';
import { deviceOf } from './device.ts';
import { sealFormToken } from './kept-form.ts';
import { assertNotFlooded, startLogin } from './start-login.ts';

interface SignedIn {
  readonly tokens: TokenSet;
  readonly idToken: IdTokenClaims;
  readonly identity: Identity;
  readonly claimsAt: number;
}

export const callback: Endpoint = (gateway) => async (c) => {
  if (isPrefetch(c.req.raw.headers)) throw new GatewayError('bad_request', 'callback: a prefetch ends no login');
  const parameters = new URL(c.req.url).searchParams;
  assertNoRepetition(parameters);
  await assertNotFlooded(gateway, c.req.raw);
  const state = parameters.get('state');
  const transaction = await loadTransaction(gateway, c.req.raw, state);
  if (!transaction) return answerLostTransaction(gateway, c, state);
  // Asked while ZITADEL is, so that both together keep within the time that an answer may take.
  const previous = gateway.visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity: false });
  gateway.waitUntil(previous.catch(() => undefined));
  try {
    const signedIn = await signIn(gateway, c, parameters, transaction);
    return await beginSession(gateway, c, transaction, signedIn, previous);
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
      page: (context) => gateway.pages.cookiesBlocked(context, { retryHref: `${config.endpoints}/login` }),
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

type Target = Pick<Transaction, 'returnTo' | 'kept'>;

/** The page that the login was for; by way of the one that knows what was kept. */
async function targetUrl(gateway: Gateway, { returnTo, kept }: Target, sub: string): Promise<string> {
  const { origin, endpoints } = gateway.config;
  if (kept === undefined) return origin + returnTo;
  return `${origin}${endpoints}/resubmit?form=${await sealFormToken(gateway, { key: kept, sub })}`;
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

/** A login that comes to nothing leaves no live token behind. */
async function discard({ relyingParty }: Gateway, { refresh_token }: TokenSet): Promise<void> {
  if (refresh_token !== undefined) await relyingParty.revoke(refresh_token, 'refresh_token').catch(() => undefined);
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

async function beginSession(
  gateway: Gateway,
  c: AppContext,
  transaction: Transaction,
  { tokens, idToken, identity, claimsAt }: SignedIn,
  previous: Promise<Opened>,
): Promise<Response> {
  const { config, directory, visitorSessions } = gateway;
  const now = gateway.now();
  // Without a refresh token nothing can be read again after the access token's end; the session ends with it.
  const lifetimeEnd = tokens.refresh_token === undefined ? tokens.expiresAt : Number.POSITIVE_INFINITY;
  const session: Session = {
    id: randomHex(16),
    identity,
    // Unknown is as old as can be: a page that asks for a recent sign-in must not take it for one.
    auth_time: idToken.auth_time ?? 0,
    amr: idToken.amr,
    startedAt: now,
    seenAt: now,
    claimsAt,
    expiresAt: Math.min(now + config.sessionMaxDuration, lifetimeEnd),
  };
  const cookieHeader = c.req.header('cookie') ?? null;
  const replaces = await endPreviousSession(gateway, previous, identity.sub);
  const begun = directory.ofUser(identity.sub).begin({
    id: session.id,
    sub: identity.sub,
    device: deviceOf(c.req.raw),
    startedAt: now,
    expiresAt: session.expiresAt,
    identity,
    claimsAt,
    tokens,
    ...(idToken.sid !== undefined && { sid: idToken.sid }),
    ...(replaces !== undefined && { replaces }),
  });
  gateway.waitUntil(begun.catch(() => discard(gateway, tokens)));
  if (idToken.sid !== undefined) {
    const pointed = directory.ofProviderSession(idToken.sid).pointTo(identity.sub, session.expiresAt);
    gateway.waitUntil(pointed.catch(() => undefined));
  }
  await begun;
  c.get('event').decision = 'signed_in';
  const cookies = [
    ...(await visitorSessions.newCookies(session, cookieHeader)),
    endedTransaction(gateway, transaction.state),
  ];
  return appendCookies(await answerSignedIn(gateway, c, transaction, session), cookies);
}

/** A step-up that did not lead to what the page asks for ends here: once more would only be a loop. */
async function answerSignedIn(gateway: Gateway, c: AppContext, transaction: Transaction, session: Session) {
  const { max_age, amr = [], returnTo } = transaction;
  const isTooOld = max_age !== undefined && gateway.now() - session.auth_time > max_age;
  const missing = amr.filter((method) => !session.amr.includes(method));
  if (!isTooOld && missing.length === 0) {
    return redirectAnswer(gateway, await targetUrl(gateway, transaction, session.identity.sub));
  }
  const reason = isTooOld ? 'step-up: auth_time is too old' : `step-up: amr lacks ${missing.join(' ')}`;
  return faultAnswer(gateway, c, 'forbidden', reason, {
    page: (context) => gateway.pages.forbidden(context, { person: personOf(session.identity), returnTo }),
  });
}

/**
 * The session that this browser had. The same user's serves on for a minute, for requests that are under way in
 * other tabs; another user's ends at once.
 */
async function endPreviousSession(gateway: Gateway, previous: Promise<Opened>, sub: string) {
  try {
    const opened = await previous;
    if (opened.kind !== 'active') return undefined;
    const { id, identity } = opened.visit.session;
    if (identity.sub === sub) return id;
    gateway.waitUntil(
      gateway.directory
        .ofUser(identity.sub)
        .end({ id }, 'replaced', false)
        .catch(() => undefined),
    );
    return undefined;
  } catch (error) {
    // The earlier session's object is away; that must not stop a new session, whose own object may well answer.
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function endedTransaction({ config }: Gateway, state: string): string {
  return serializeCookie(transactionCookieName(cookieBase(config.isSecure), state), '', 0, config.isSecure);
}

async function interruptedTransaction({ config, keyring }: Gateway, transaction: Transaction): Promise<string> {
  const name = transactionCookieName(cookieBase(config.isSecure), transaction.state);
  const sealed = await keyring.seal('transaction', { ...transaction, interrupted: true } satisfies Transaction);
  return serializeCookie(name, sealed, TRANSACTION_LIFETIME, config.isSecure);
}

export function personOf({ name, preferred_username, email }: Identity) {
  return { name, loginName: preferred_username, email };
}
