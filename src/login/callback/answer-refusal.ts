// Answers a callback that was refused: leads an honest visitor on where that is possible, and else shows the fault.
// The back button, a bookmark, a login that took too long and a page loaded twice never end in an error. Promise 3.

import { type FaultAnswerOptions, faultAnswer, redirectAnswer } from '../../answer/answers.ts';
import { refusalAnswer } from '../../answer/refusal.ts';
import { endpointPath } from '../../endpoints/catalogue.ts';
import { faultOf } from '../../shared/refusals.ts';
import { startLogin } from '../start-login.ts';
import { type Target, targetUrl } from '../target.ts';
import { isSecondAttempt, isStateOfOurs, type Transaction } from '../transaction.ts';
import { hasOwnCookies, isGoingRound } from '../transaction-cookie.ts';
import type { Arrival } from './evidence.ts';
import { CALLBACK_FAULTS, type CallbackRefusal } from './refusals.ts';

/** `transaction`: the login that was under way, where one was found. */
export async function answerCallbackRefusal(
  arrival: Arrival,
  refusal: CallbackRefusal,
  transaction?: Transaction,
): Promise<Response> {
  const wayOn = await findWayOn(arrival, refusal, transaction);
  if (wayOn) return wayOn;
  const { gateway, c } = arrival;
  const page = pageFor(arrival, refusal, transaction);
  if (!page) return refusalAnswer(gateway, c, CALLBACK_FAULTS, refusal);
  c.get('event').decision = refusal.tag;
  const { code, message } = faultOf(CALLBACK_FAULTS, refusal);
  return faultAnswer(gateway, c, code, message, { page });
}

/** Where the plain page of the fault would not say what is to be done. */
function pageFor(
  { gateway: { config, pages } }: Arrival,
  refusal: CallbackRefusal,
  transaction: Transaction | undefined,
): FaultAnswerOptions['page'] {
  if (refusal.tag === 'lost_transaction') {
    return (context) => pages.cookiesBlocked(context, { retryHref: endpointPath(config, 'login') });
  }
  if (refusal.tag !== 'login_denied' || !refusal.isCancelled) return undefined;
  const { returnTo = config.postLoginUrl, max_age, amr } = transaction ?? {};
  const isStepUp = max_age !== undefined || amr !== undefined;
  return (context) => pages.loginCancelled(context, { returnTo, isStepUp });
}

async function findWayOn(
  arrival: Arrival,
  refusal: CallbackRefusal,
  transaction?: Transaction,
): Promise<Response | undefined> {
  if (refusal.tag === 'lost_transaction') return afterLostTransaction(arrival, refusal.state);
  // Every other refusal stands.
  return refusal.tag === 'spent_code' && transaction
    ? afterSpentCode(arrival, transaction, refusal.fault.message)
    : undefined;
}

async function afterLostTransaction(arrival: Arrival, state: string | null): Promise<Response | undefined> {
  const { gateway, c } = arrival;
  const returnTo = gateway.config.postLoginUrl;
  const goingOn = await goOn(arrival, { returnTo });
  // The transaction is missing for the second time: this browser keeps no cookies.
  if (goingOn || isSecondAttempt(state)) return goingOn;
  const retryOf = isStateOfOurs(state) ? state : '';
  if (await isGoingRound(gateway, c.req.raw, retryOf)) {
    return refusalAnswer(gateway, c, CALLBACK_FAULTS, { tag: 'went_round' });
  }
  c.get('event').decision = 'started_again';
  // Whoever lost our state once may lose it again. Then only a cookie can tell that this is the second time.
  const needsCookie = retryOf === '' && !hasOwnCookies(gateway, c.req.raw);
  return startLogin(gateway, c.req.raw, { returnTo, attempt: 2, retryOf, needsCookie });
}

/**
 * A callback that was loaded twice, or again after ZITADEL broke down half way, brings a code that is used up. The login
 * starts again, once: the second time, without a page in between, it would be a loop.
 */
async function afterSpentCode(
  arrival: Arrival,
  transaction: Transaction,
  reason: string,
): Promise<Response | undefined> {
  const { gateway, c } = arrival;
  const { state, returnTo, max_age, amr, kept, interrupted = false } = transaction;
  const isStepUp = max_age !== undefined || amr !== undefined;
  if (isStepUp) return undefined;
  const goingOn = await goOn(arrival, transaction);
  if (goingOn || (isSecondAttempt(state) && !interrupted)) return goingOn;
  c.get('event').decision = 'started_again';
  c.get('event').reason = reason;
  return startLogin(gateway, c.req.raw, { returnTo, attempt: 2, kept, retryOf: state });
}

/** Leads to the page if the visitor is signed in already. */
async function goOn({ gateway, c }: Arrival, target: Target): Promise<Response | undefined> {
  const opened = await gateway.visitorSessions.open(c.req.header('cookie') ?? null);
  if (opened.kind !== 'active') return undefined;
  c.get('event').decision = 'already_signed_in';
  return redirectAnswer(gateway, await targetUrl(gateway, target, opened.visit.session.identity.sub));
}
