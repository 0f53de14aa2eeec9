// Begins a session after a callback has passed every check. It replaces the session that this browser had, unless the browser has
// signed in or out otherwise meanwhile. OIDC Core §3.1.3; ARCHITECTURE §7 Sessions; promises 1 and 4.

import { appendCookies, redirectAnswer } from '../../answer/answers.ts';
import type { Session } from '../../session/session.ts';
import type { Holder } from '../../session/session-ends.ts';
import { randomHex } from '../../shared/random.ts';
import type { BeginOutcome } from '../../user-object/api.ts';
import { findLack, refusedStepUpUrl } from '../step-up-round.ts';
import { targetUrl } from '../target.ts';
import { endedTransactionCookie } from '../transaction-cookie.ts';
import { giveBackTokens } from './checks.ts';
import { takePlace } from './crossing-logins.ts';
import type { ProvenLogin } from './evidence.ts';
import { deviceOf } from './signed-in-from.ts';

export async function beginSession(login: ProvenLogin): Promise<Response> {
  const { gateway, c, identity, transaction } = login;
  const { visitorSessions } = gateway;
  const cookieHeader = c.req.header('cookie') ?? null;
  const session = createSession(login);
  const previous = await visitorSessions.holder(cookieHeader);
  const begun = await begin(login, session, previous);
  const hasBegun = begun !== 'overtaken' && (await takePlace(login, session, previous));
  if (!hasBegun) return answerOvertaken(login, session);
  if (previous?.sub === identity.sub) visitorSessions.markReplaced(previous.id);
  else if (previous) visitorSessions.markEnded(previous.id, 'replaced');
  c.get('event').decision = 'signed_in';
  const cookies = [
    ...(await visitorSessions.newCookies(session, cookieHeader)),
    endedTransactionCookie(gateway, transaction),
  ];
  return appendCookies(await answerSignedIn(login, session), cookies);
}

function createSession({ gateway, tokens, idToken, identity, claimsAt }: ProvenLogin): Session {
  const now = gateway.now();
  // Without a refresh token claims can't be read again after the access token's end, so the session ends with it.
  const lifetimeEnd = tokens.refresh_token === undefined ? tokens.expiresAt : Number.POSITIVE_INFINITY;
  return {
    id: randomHex(16),
    identity,
    // An unknown time counts as long ago: a page that asks for a recent sign-in must not take it for one.
    auth_time: idToken.auth_time ?? 0,
    amr: idToken.amr,
    startedAt: now,
    seenAt: now,
    claimsAt,
    expiresAt: Math.min(now + gateway.config.sessionMaxDuration, lifetimeEnd),
  };
}

/** The user's object begins the session, and ends the one that this browser had if it is the same user's. */
function begin(login: ProvenLogin, session: Session, previous: Holder | undefined): Promise<BeginOutcome> {
  const { gateway, c, tokens, identity, claimsAt, askedAt } = login;
  const { directory } = gateway;
  const { id, startedAt, expiresAt } = session;
  const { sid, issuedAt } = login.idToken;
  const begun = directory.ofUser(identity.sub).begin({
    id,
    sub: identity.sub,
    device: deviceOf(c.req.raw),
    startedAt,
    issuedAt,
    expiresAt,
    identity,
    claimsAt,
    tokens,
    ...(sid !== undefined && { sid }),
    ...(gateway.config.site !== undefined && { site: gateway.config.site }),
    ...(previous?.sub === identity.sub && { replaces: previous.id, askedAt }),
  });
  gateway.waitUntil(begun.catch(() => giveBackTokens(login)));
  if (sid !== undefined) {
    const pointed = directory.ofProviderSession(sid).pointTo(identity.sub, expiresAt);
    gateway.waitUntil(pointed.catch(() => undefined));
  }
  return begun;
}

/** If a step-up did not lead to what the page asks for, a page says so: to ask again would be a loop. */
async function answerSignedIn({ gateway, c, transaction }: ProvenLogin, session: Session): Promise<Response> {
  const target = await targetUrl(gateway, transaction, session.identity.sub);
  const lack = findLack(transaction, session, gateway.now());
  return redirectAnswer(gateway, lack ? refusedStepUpUrl(gateway, c, lack, target) : target);
}

/** The browser has signed in or out otherwise meanwhile. It goes to the page as it is now; this login's session and tokens are ended. */
async function answerOvertaken(login: ProvenLogin, { id, identity: { sub } }: Session): Promise<Response> {
  const { gateway, c, transaction } = login;
  c.get('event').decision = 'overtaken';
  const ended = gateway.directory.ofUser(sub).end({ id }, 'replaced', false);
  gateway.waitUntil(Promise.all([ended.catch(() => undefined), giveBackTokens(login)]));
  const response = redirectAnswer(gateway, await targetUrl(gateway, transaction, sub));
  return appendCookies(response, [endedTransactionCookie(gateway, transaction)]);
}
