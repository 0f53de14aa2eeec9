// What a callback that passed every check leads to: a session in place of the one that this browser had, unless the browser has
// learnt something newer meanwhile. OIDC Core §3.1.3; design §7 Sessions, promises 1 and 4.

import { type AppContext, appendCookies, redirectAnswer } from '../answer/answers.ts';
import { endpointUrl } from '../endpoints/catalogue.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { Identity } from '../identity/identity.ts';
import type { TokenSet } from '../oidc/relying-party.ts';
import type { IdTokenClaims } from '../oidc/tokens/id-token.ts';
import { cookieBase, parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import type { Session } from '../session/session.ts';
import type { Holder } from '../session/session-ends.ts';
import { randomHex } from '../shared/random.ts';
import type { SignInNote } from '../user-object/api.ts';
import { MAX_TRANSACTIONS } from './bounds.ts';
import { sealFormToken } from './kept-form.ts';
import { isNewer } from './sign-in-order.ts';
import { deviceOf } from './signed-in-from.ts';
import { findLack, refusedStepUpUrl } from './step-up-round.ts';
import { type Transaction, transactionCookieName } from './transaction.ts';

export interface SignedIn {
  readonly tokens: TokenSet;
  readonly idToken: IdTokenClaims;
  readonly identity: Identity;
  readonly claimsAt: number;
}

/** Milliseconds within which nobody goes to ZITADEL and comes back. */
const AT_ONCE = 1000;

/** When the browser sent off its callback: seconds since the epoch, and milliseconds of the stopwatch. */
export interface Asked {
  readonly at: number;
  readonly started: number;
}

export async function beginSession(
  gateway: Gateway,
  c: AppContext,
  transaction: Transaction,
  { tokens, idToken, identity, claimsAt }: SignedIn,
  asked: Asked,
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
  const previous = await visitorSessions.holder(cookieHeader);
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
    ...(previous?.sub === identity.sub && { replaces: previous.id, askedAt: asked.at }),
  });
  gateway.waitUntil(begun.catch(() => discard(gateway, tokens)));
  if (idToken.sid !== undefined) {
    const pointed = directory.ofProviderSession(idToken.sid).pointTo(identity.sub, session.expiresAt);
    gateway.waitUntil(pointed.catch(() => undefined));
  }
  const hasBegun =
    (await begun) !== 'overtaken' && (await takePlace(gateway, c, transaction.state, session, previous, asked));
  if (!hasBegun) return answerOvertaken(gateway, c, transaction, tokens, session);
  if (previous?.sub === identity.sub) visitorSessions.markReplaced(previous.id);
  else if (previous) visitorSessions.markEnded(previous.id, 'replaced');
  c.get('event').decision = 'signed_in';
  const cookies = [
    ...(await visitorSessions.newCookies(session, cookieHeader)),
    endedTransaction(gateway, transaction.state),
  ];
  return appendCookies(await answerSignedIn(gateway, c, transaction, session), cookies);
}

/** A step-up that did not lead to what the page asks for ends here: once more would only be a loop. */
async function answerSignedIn(gateway: Gateway, c: AppContext, transaction: Transaction, session: Session) {
  const target = await targetUrl(gateway, transaction, session.identity.sub);
  const lack = findLack(transaction, session, gateway.now());
  return redirectAnswer(gateway, lack ? refusedStepUpUrl(gateway, c, lack, target) : target);
}

/** Puts the session in the place of one that the browser had. False: it has signed in or out otherwise since it asked. */
async function takePlaceOf(gateway: Gateway, former: Holder, { id: successor }: Session, askedAt: number) {
  const { id, sub } = former;
  try {
    if ((await gateway.directory.ofUser(sub).replace({ id, successor, askedAt })) === 'overtaken') return false;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // The earlier session's object is away; that must not stop a new session, whose own object has answered.
    await gateway.visitorSessions.note(former, 'replaced');
  }
  return true;
}

/** False: the browser has learnt something newer since it asked. */
async function takePlace(
  gateway: Gateway,
  c: AppContext,
  state: string,
  session: Session,
  previous: Holder | undefined,
  asked: Asked,
): Promise<boolean> {
  const { sub } = session.identity;
  // The same user's has been replaced as the session began.
  if (previous && previous.sub !== sub && !(await takePlaceOf(gateway, previous, session, asked.at))) return false;
  const own: SignInNote = { at: asked.at, id: session.id, sub };
  const crossing = await findCrossing(gateway, c, state, own, asked);
  if (!crossing || crossing.id === previous?.id) return true;
  if (isNewer(crossing, own)) return false;
  return takePlaceOf(gateway, { ...crossing, expiresAt: session.expiresAt }, session, asked.at);
}

/**
 * Tells the other logins under way in this browser that a session has begun, and asks whether one of them has told this
 * one so.
 */
async function findCrossing(
  gateway: Gateway,
  c: AppContext,
  state: string,
  own: SignInNote,
  { at, started }: Asked,
): Promise<SignInNote | undefined> {
  const { config, directory, now, stopwatch } = gateway;
  const base = cookieBase(config.isSecure);
  const name = transactionCookieName(base, state);
  const others = [...parseOwnCookies(c.req.header('cookie') ?? null, base).keys()]
    .filter((other) => other !== name && other.startsWith(`${base}-tx-`))
    .slice(-MAX_TRANSACTIONS);
  // Nothing else was under way, and nothing can have begun and ended since.
  if (others.length === 0 && now() - at < 1 && stopwatch() - started < AT_ONCE) return undefined;
  try {
    // Told before it is asked: of two that cross, at least one is told.
    await Promise.all(others.map((other) => directory.ofTransaction(other).noteSignIn(own)));
    return await directory.ofTransaction(name).notedSignIn();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** The browser has learnt something newer: it goes to the page with what it has now, and what this login brought is given back. */
async function answerOvertaken(
  gateway: Gateway,
  c: AppContext,
  transaction: Transaction,
  tokens: TokenSet,
  { id, identity: { sub } }: Session,
): Promise<Response> {
  c.get('event').decision = 'overtaken';
  const ended = gateway.directory.ofUser(sub).end({ id }, 'replaced', false);
  gateway.waitUntil(Promise.all([ended.catch(() => undefined), discard(gateway, tokens)]));
  const response = redirectAnswer(gateway, await targetUrl(gateway, transaction, sub));
  return appendCookies(response, [endedTransaction(gateway, transaction.state)]);
}

export type Target = Pick<Transaction, 'returnTo' | 'kept'>;

/** The page that the login was for; by way of the one that knows what was kept. */
export async function targetUrl(gateway: Gateway, { returnTo, kept }: Target, sub: string): Promise<string> {
  const { config } = gateway;
  if (kept === undefined) return config.origin + returnTo;
  return endpointUrl(config, 'resubmit', { form: await sealFormToken(gateway, { key: kept, sub }) });
}

/** A login that comes to nothing leaves no live token behind. */
export async function discard({ relyingParty }: Gateway, { refresh_token }: TokenSet): Promise<void> {
  if (refresh_token !== undefined) await relyingParty.revoke(refresh_token, 'refresh_token').catch(() => undefined);
}

export function endedTransaction({ config }: Gateway, state: string): string {
  return serializeCookie(transactionCookieName(cookieBase(config.isSecure), state), '', 0, config.isSecure);
}

export function personOf({ name, preferred_username, email }: Identity) {
  return { name, loginName: preferred_username, email };
}
