// Answers a request that may not pass with a sign-in, a step-up, 401 or 403. The kind of request and the route's rule choose which.
// ARCHITECTURE §3; RFC 6750 §3; RFC 9470 §3.

import { type FaultAnswerOptions, faultAnswer, scriptLoginUrl } from '../answer/answers.ts';
import { bearerChallenge } from '../answer/challenge.ts';
import type { FaultCode } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { personOf } from '../identity/person.ts';
import { stepUpStart } from '../login/step-up-round.ts';
import type { Decision } from '../policy/decide.ts';
import { callerOf, type Who } from './authenticate.ts';
import {
  createRedirectToLogin,
  isSentToLogin,
  mayLeadPageToLogin,
  type SendToLogin,
  signInPath,
} from './send-to-login.ts';
import { type Identified, type Matched, wayBack } from './stages.ts';

type BadToken = Extract<Who, { kind: 'bad-token' }>;
type Refused = Exclude<Decision, { kind: 'allow' }>;
type StepUp = Extract<Decision, { kind: 'step-up' }>;
type Answer = Promise<Response> | Response;

export interface Enforcement {
  badToken(identified: Identified, who: BadToken): Answer;
  refusal(identified: Identified, decision: Refused): Answer;
}

export function createEnforcement(gateway: Gateway, sendToLogin = createRedirectToLogin(gateway)): Enforcement {
  return {
    badToken: (identified, who) => answerBadToken(gateway, identified, who),
    refusal(identified, decision) {
      switch (decision.kind) {
        case 'sign-in':
          return isSentToLogin(gateway, identified)
            ? sendToLogin(identified, { returnTo: wayBack(identified) }, formerSubOf(identified))
            : askForSignIn(gateway, identified, decision.reason);
        case 'step-up':
          return decision.via === 'session' && isSentToLogin(gateway, identified)
            ? sendToStepUp(sendToLogin, identified, decision)
            : askForStepUp(gateway, identified, decision);
        case 'refuse':
          return identified.who.kind === 'bearer'
            ? refuseProgram(gateway, identified, decision.reason)
            : refuseVisitor(gateway, identified, decision.reason);
      }
    },
  };
}

function answerBadToken(gateway: Gateway, identified: Identified, { error, reason }: BadToken): Promise<Response> {
  // RFC 6750 §3.1: a malformed header is the request's fault, not the token's.
  const code = error === 'invalid_request' ? 'bad_request' : 'invalid_token';
  const headers = { 'WWW-Authenticate': bearerChallenge(gateway.config, { error }) };
  return answer(gateway, identified, code, { reason, headers, isForProgram: true });
}

function askForSignIn(gateway: Gateway, identified: Identified, anonymous: string): Promise<Response> {
  const { requirement, who } = identified;
  const signInHref = signInPath(gateway, wayBack(identified));
  return answer(gateway, identified, 'unauthenticated', {
    reason: who.kind === 'nobody' ? who.reason : anonymous,
    headers: requirement.credentials.bearer ? { 'WWW-Authenticate': bearerChallenge(gateway.config, {}) } : {},
    page: (context) => gateway.pages.fault(context, { code: 'unauthenticated', signInHref }),
  });
}

function sendToStepUp(sendToLogin: SendToLogin, identified: Identified, decision: StepUp): Answer {
  const identity = callerOf(identified.who)?.identity;
  return sendToLogin(identified, stepUpStart(wayBack(identified), decision, identity), identity?.sub);
}

function askForStepUp(gateway: Gateway, identified: Identified, { max_age, reason }: StepUp): Promise<Response> {
  const challenge = { error: 'insufficient_user_authentication' as const, ...(max_age !== undefined && { max_age }) };
  const headers = { 'WWW-Authenticate': bearerChallenge(gateway.config, challenge) };
  return answer(gateway, identified, 'insufficient_user_authentication', { reason: `step-up: ${reason}`, headers });
}

function refuseProgram(gateway: Gateway, identified: Identified, reason: string): Promise<Response> {
  const headers = { 'WWW-Authenticate': bearerChallenge(gateway.config, { error: 'insufficient_scope' }) };
  return answer(gateway, identified, 'insufficient_scope', { reason, headers, isForProgram: true });
}

function refuseVisitor(gateway: Gateway, identified: Identified, reason: string): Promise<Response> {
  const { who } = identified;
  const person = who.kind === 'session' ? personOf(who.visit.session.identity) : undefined;
  return answer(gateway, identified, 'forbidden', {
    reason,
    page: (context) =>
      person
        ? gateway.pages.forbidden(context, { person, returnTo: wayBack(identified) })
        : gateway.pages.fault(context, { code: 'forbidden' }),
  });
}

/** The user whose session has ended, if that is why a sign-in is needed. */
function formerSubOf({ who }: Identified): string | undefined {
  return who.kind === 'nobody' ? who.formerSub : undefined;
}

function answer(
  gateway: Gateway,
  matched: Matched,
  code: FaultCode,
  { reason, ...options }: FaultAnswerOptions & { readonly reason: string },
): Promise<Response> {
  const { context } = matched;
  const headers = {
    ...((code === 'unauthenticated' || code === 'insufficient_user_authentication') &&
      mayLeadPageToLogin(gateway, matched) && { 'HX-Redirect': scriptLoginUrl(gateway, context, code) }),
    ...options.headers,
  };
  return faultAnswer(gateway, context, code, reason, { ...options, headers });
}
