// What a request that may not pass is answered: sign in, step up, 401, 403; by what it is and by what the route says.
// Design §3; RFC 6750 §3; RFC 9470 §3; Fetch §3.2 (a script of an allowed origin may read the 401).

import { type FaultAnswerOptions, faultAnswer, type RequestContext } from '../answer/answers.ts';
import { bearerChallenge } from '../answer/challenge.ts';
import type { FaultCode } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { personOf } from '../login/begin-session.ts';
import { readForm } from '../login/kept-form.ts';
import { assertMayBegin, beginLogin, type LoginStart } from '../login/start-login.ts';
import { stepUpStart } from '../login/step-up-round.ts';
import { allowedCorsOrigin } from '../policy/cors.ts';
import type { Decision } from '../policy/decide.ts';
import { isNavigation, isPrefetch, mayBeginLogin } from '../policy/navigation.ts';
import type { Requirement } from '../policy/requirement.ts';
import { callerOf, type Who } from './authenticate.ts';

type Refused = Exclude<Decision, { kind: 'allow' }>;

/** How a visitor whose navigation needs a sign-in is sent there. `formerSub`: whose session has just ended. */
export type SendToLogin = (
  gateway: Gateway,
  c: RequestContext,
  start: LoginStart,
  formerSub: string | undefined,
  requirement: Requirement,
) => Promise<Response> | Response;

/** With the form that they were sending, or not before they know that it can't be kept. */
const redirectToLogin: SendToLogin = async (gateway, c, start, formerSub, { unauthenticated }) => {
  await assertMayBegin(gateway, c.req.raw, unauthenticated === 'redirect');
  const form = await readForm(gateway, c.req.raw, formerSub);
  if (form !== 'too-large') return beginLogin(gateway, c.req.raw, form === 'none' ? start : { ...start, form });
  return faultAnswer(gateway, c, 'content_too_large', 'a form without a session', {
    page: (context) => gateway.pages.formTooLarge(context, { signInHref: loginHref(gateway, start.returnTo) }),
  });
};

export interface Enforcement {
  badToken(c: RequestContext, requirement: Requirement, who: Extract<Who, { kind: 'bad-token' }>): Response;
  refusal(c: RequestContext, requirement: Requirement, who: Who, decision: Refused): Promise<Response> | Response;
}

export function createEnforcement(gateway: Gateway, sendToLogin = redirectToLogin): Enforcement {
  const { config } = gateway;

  function answer(
    c: RequestContext,
    requirement: Requirement,
    code: FaultCode,
    reason: string,
    options: FaultAnswerOptions = {},
  ) {
    const headers = { ...corsHeaders(requirement, c.req.header('origin')), ...options.headers };
    return faultAnswer(gateway, c, code, reason, { ...options, headers });
  }

  function signIn(
    c: RequestContext,
    requirement: Requirement,
    reason: string,
    formerSub: string | undefined,
  ): Promise<Response> | Response {
    const returnTo = pathOf(c);
    if (isRedirected(gateway, c, requirement)) return sendToLogin(gateway, c, { returnTo }, formerSub, requirement);
    const headers: Record<string, string> = requirement.credentials.bearer
      ? { 'WWW-Authenticate': bearerChallenge(config, {}) }
      : {};
    const signInHref = loginHref(gateway, returnTo);
    return answer(c, requirement, 'unauthenticated', reason, {
      headers,
      page: (context) => gateway.pages.fault(context, { code: 'unauthenticated', signInHref }),
    });
  }

  function stepUp(
    c: RequestContext,
    requirement: Requirement,
    who: Who,
    decision: Extract<Refused, { kind: 'step-up' }>,
  ) {
    const { max_age, via, reason } = decision;
    if (via === 'session' && isRedirected(gateway, c, requirement)) {
      const identity = callerOf(who)?.identity;
      return sendToLogin(gateway, c, stepUpStart(pathOf(c), decision, identity), identity?.sub, requirement);
    }
    const challenge = { error: 'insufficient_user_authentication' as const, ...(max_age !== undefined && { max_age }) };
    return answer(c, requirement, 'insufficient_user_authentication', `step-up: ${reason}`, {
      headers: { 'WWW-Authenticate': bearerChallenge(config, challenge) },
    });
  }

  function refuse(c: RequestContext, requirement: Requirement, who: Who, reason: string): Response {
    if (who.kind === 'bearer') {
      const headers = { 'WWW-Authenticate': bearerChallenge(config, { error: 'insufficient_scope' }) };
      return answer(c, requirement, 'insufficient_scope', reason, { headers, isForProgram: true });
    }
    const person = who.kind === 'session' ? personOf(who.visit.session.identity) : undefined;
    return answer(c, requirement, 'forbidden', reason, {
      page: (context) =>
        person
          ? gateway.pages.forbidden(context, { person, returnTo: pathOf(c) })
          : gateway.pages.fault(context, { code: 'forbidden' }),
    });
  }

  return {
    badToken(c, requirement, { error, reason }) {
      // RFC 6750 §3.1: a malformed header is the request's fault, not the token's.
      const code = error === 'invalid_request' ? 'bad_request' : 'invalid_token';
      const headers = { 'WWW-Authenticate': bearerChallenge(config, { error }) };
      return answer(c, requirement, code, reason, { headers, isForProgram: true });
    },

    refusal(c, requirement, who, decision) {
      switch (decision.kind) {
        case 'sign-in':
          return who.kind === 'nobody'
            ? signIn(c, requirement, who.reason, who.formerSub)
            : signIn(c, requirement, decision.reason, undefined);
        case 'step-up':
          return stepUp(c, requirement, who, decision);
        case 'refuse':
          return refuse(c, requirement, who, decision.reason);
      }
    },
  };
}

function isRedirected({ config }: Gateway, c: RequestContext, { unauthenticated, credentials }: Requirement): boolean {
  const { method, raw } = c.req;
  if (unauthenticated === '401' || !credentials.session || isPrefetch(raw.headers)) return false;
  const isNavigating = isNavigation(raw.headers, method);
  // A form is sent by a navigation only.
  if (method !== 'GET' && method !== 'HEAD' && !isNavigating) return false;
  // The session's cookie belongs to one host; signing in there would not help here.
  if (new URL(c.req.url).host !== new URL(config.origin).host) return false;
  return isNavigating || (unauthenticated === 'redirect' && mayBeginLogin(raw.headers, true));
}

function corsHeaders(requirement: Requirement, origin: string | undefined): Record<string, string> {
  if (origin === undefined || !allowedCorsOrigin(requirement, origin)) return {};
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'WWW-Authenticate, X-Request-Id',
    Vary: 'Origin',
  };
}

function loginHref({ config }: Gateway, returnTo: string): string {
  return `${config.endpoints}/login?return_to=${encodeURIComponent(returnTo)}`;
}

function pathOf(c: RequestContext): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}
