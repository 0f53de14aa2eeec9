// GET /auth/callback: ends a login. Everything ZITADEL says is checked before a session begins; an honest visitor whose
// transaction is gone is never shown an error. OIDC Core §3.1.2.5 to §3.1.3.7, §5.3; RFC 9207; promise 3.

import { appendCookies, type Endpoint, thrownAnswer } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import { answerCallbackRefusal } from '../login/callback/answer-refusal.ts';
import { beginSession } from '../login/callback/begin-session.ts';
import {
  exchangedCode,
  identified,
  namedOnce,
  notFlooded,
  notPrefetched,
  ofOurOrganization,
  orGivingBackTokens,
  ownTransaction,
} from '../login/callback/checks.ts';
import type { LoginUnderWay } from '../login/callback/evidence.ts';
import { handedOver } from '../login/callback/hand-over.ts';
import type { CallbackRefusal } from '../login/callback/refusals.ts';
import { endedTransactionCookie, transactionCookie } from '../login/transaction-cookie.ts';
import { inOrder, isRefusal } from '../shared/refusals.ts';

/** What a callback has to prove, in this order: that it answers a login of this browser … */
const findLogin = inOrder(notPrefetched).and(namedOnce).and(notFlooded).and(ownTransaction);
/** … and who has signed in. */
const proveLogin = inOrder(handedOver)
  .and(exchangedCode)
  .and(orGivingBackTokens(inOrder(identified).and(ofOurOrganization)));

export const callback: Endpoint = (gateway) => async (c) => {
  const login = await findLogin.run({ gateway, c });
  if (isRefusal(login)) return answerCallbackRefusal({ gateway, c }, login);
  let refusal: CallbackRefusal;
  try {
    const proven = await proveLogin.run(login);
    if (!isRefusal(proven)) return await beginSession(proven);
    refusal = proven;
  } catch (error) {
    const isPassing = error instanceof GatewayError && error.code === 'provider_unavailable';
    return appendCookies(await thrownAnswer(gateway, c, error), [await cookieAfter(login, isPassing)]);
  }
  const response = await answerCallbackRefusal({ gateway, c }, refusal, login.transaction);
  return appendCookies(response, [await cookieAfter(login, refusal.tag === 'provider_away')]);
};

/** While ZITADEL is away a reload may still end this login; in every other case it is over. */
function cookieAfter({ gateway, transaction }: LoginUnderWay, isPassing: boolean): Promise<string> | string {
  if (!isPassing) return endedTransactionCookie(gateway, transaction);
  return transactionCookie(gateway, { ...transaction, interrupted: true });
}
