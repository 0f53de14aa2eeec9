// Two logins of one browser may run at the same time, in two isolates. The session of the one that the browser asked for later stays.
// ARCHITECTURE §7 Sessions; promise 4.

import { GatewayError } from '../../errors.ts';
import { cookieBase, parseOwnCookies } from '../../session/cookies.ts';
import type { Session } from '../../session/session.ts';
import type { Holder } from '../../session/session-ends.ts';
import type { SignInNote } from '../../user-object/api.ts';
import { MAX_TRANSACTIONS } from '../bounds.ts';
import { isNewer } from '../sign-in-order.ts';
import { transactionCookieName } from '../transaction.ts';
import type { ProvenLogin } from './evidence.ts';

/** Milliseconds. Nobody can go to ZITADEL and come back within this time. */
const AT_ONCE = 1000;

/** Replaces every other session of the browser by this one. False: the browser has signed in or out otherwise since it asked. */
export async function takePlace(login: ProvenLogin, session: Session, previous: Holder | undefined): Promise<boolean> {
  const { sub } = session.identity;
  // A session of the same user was replaced when the new one began.
  if (previous && previous.sub !== sub && !(await takePlaceOf(login, previous, session))) return false;
  const own: SignInNote = { at: login.askedAt, id: session.id, sub };
  const crossing = await findCrossing(login, own);
  if (!crossing || crossing.id === previous?.id) return true;
  if (isNewer(crossing, own)) return false;
  return takePlaceOf(login, { ...crossing, expiresAt: session.expiresAt }, session);
}

/** False: the browser has signed in or out otherwise since it asked. */
async function takePlaceOf(login: ProvenLogin, former: Holder, { id: successor }: Session): Promise<boolean> {
  const { gateway, askedAt } = login;
  const { id, sub } = former;
  try {
    return (await gateway.directory.ofUser(sub).replace({ id, successor, askedAt })) !== 'overtaken';
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // The earlier session's object is away; that must not stop a new session, whose own object has answered.
    await gateway.visitorSessions.note(former, 'replaced');
    return true;
  }
}

/** Tells the other logins under way in this browser that a session has begun, and returns what one of them has told this one. */
async function findCrossing(login: ProvenLogin, own: SignInNote): Promise<SignInNote | undefined> {
  const { gateway, c, transaction, askedAt, askedStopwatch } = login;
  const { config, directory, now, stopwatch } = gateway;
  const base = cookieBase(config.isSecure);
  const name = transactionCookieName(base, transaction.state);
  const others = [...parseOwnCookies(c.req.header('cookie') ?? null, base).keys()]
    .filter((other) => other !== name && other.startsWith(`${base}-tx-`))
    .slice(-MAX_TRANSACTIONS);
  // No other login was under way, and none can have begun and ended since.
  if (others.length === 0 && now() - askedAt < 1 && stopwatch() - askedStopwatch < AT_ONCE) return undefined;
  try {
    // Each login tells first and asks then. So of two that cross, at least one learns of the other.
    await Promise.all(others.map((other) => directory.ofTransaction(other).noteSignIn(own)));
    return await directory.ofTransaction(name).notedSignIn();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
