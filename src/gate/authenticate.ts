// Who asks: a bearer token where the route takes one and one is there, else the session in the cookie.
// ARCHITECTURE §3, §6. A token that is present is judged, never skipped in favour of a cookie.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { bearerErrorOf, wordsOf } from '../oidc/tokens/token-refusal.ts';
import { allowedCorsOrigin } from '../policy/cors.ts';
import type { Caller } from '../policy/judge.ts';
import { isOfStranger } from '../policy/navigation.ts';
import type { Session } from '../session/session.ts';
import type { Visit } from '../session/visit.ts';
import { clientNetwork } from '../shared/client-network.ts';
import type { Matched } from './stages.ts';

export type Who =
  | { readonly kind: 'nobody'; readonly reason: string /** Whose session has ended. */; readonly formerSub?: string }
  | { readonly kind: 'session'; readonly visit: Visit }
  | {
      readonly kind: 'bearer';
      readonly caller: Caller;
      readonly token: string;
      readonly expiresAt: number;
      /** When ZITADEL last confirmed it, or its signature was checked; seconds since the epoch. */
      readonly judgedAt: number;
    }
  | { readonly kind: 'bad-token'; readonly error: 'invalid_token' | 'invalid_request'; readonly reason: string };

/** `claimsMaxAge` (seconds) takes the place of the route's own, for one more look before a refusal. */
export async function authenticate(gateway: Gateway, matched: Matched, claimsMaxAge?: number): Promise<Who> {
  const { credentials } = matched.requirement;
  if (credentials.bearer) {
    const holder = await judgeToken(gateway, matched, claimsMaxAge);
    if (holder) return holder;
  }
  if (!credentials.session) return { kind: 'nobody', reason: 'no bearer token' };
  try {
    return await openSession(gateway, matched);
  } catch (error) {
    // A public page must work without the sessions' store. It does not recognise the visitor then.
    if (!matched.requirement.isPublic || !(error instanceof GatewayError)) throw error;
    return { kind: 'nobody', reason: error.message };
  }
}

/** Undefined where there is no token. */
async function judgeToken(
  { bearerTokens }: Gateway,
  { context, requirement }: Matched,
  maxAge = requirement.claims_max_age,
): Promise<Who | undefined> {
  const { headers } = context.req.raw;
  const network = context.isAskedFor ? undefined : clientNetwork(headers);
  const judged = await bearerTokens.judge(headers.get('authorization'), { maxAge, network });
  switch (judged.kind) {
    case 'none':
      return undefined;
    case 'refused':
      return { kind: 'bad-token', error: bearerErrorOf(judged.refusal), reason: wordsOf(judged.refusal) };
    case 'caller':
      return { ...judged, kind: 'bearer' };
  }
}

async function openSession({ visitorSessions, config }: Gateway, { context, requirement }: Matched): Promise<Who> {
  if (isUnheard(config, context, requirement))
    return { kind: 'nobody', reason: 'another site’s page, not the visitor' };
  const event = context.get('event');
  const countsAsActivity = context.req.header('x-postern-activity') !== 'background';
  const opened = await visitorSessions.open(context.req.header('cookie') ?? null, { countsAsActivity });
  if (opened.kind === 'none') return { kind: 'nobody', reason: 'no session' };
  if (opened.kind === 'ended') {
    event.session_ended = opened.reason;
    return { kind: 'nobody', reason: `session ended: ${opened.reason}`, formerSub: opened.sub };
  }
  const { visit } = opened;
  const claims = await visitorSessions.freshen(visit, claimsMaxAgeOf(config, requirement));
  event.claims = claims;
  if (claims !== 'ended') return { kind: 'session', visit };
  return { kind: 'nobody', reason: 'the session has just ended', formerSub: visit.session.identity.sub };
}

/**
 * Sites are strangers, also under one domain: what a page of another one sends comes as it would from another domain, without the session,
 * unless the rule says otherwise.
 */
function isUnheard(
  { firstSite, unknownSites, origin }: Gateway['config'],
  { req }: Matched['context'],
  requirement: Matched['requirement'],
): boolean {
  if ((firstSite ?? unknownSites) === undefined) return false;
  const { headers } = req.raw;
  if (!isOfStranger(headers, req.method, origin)) return false;
  return requirement.keep_post !== 'cross-site' && !allowedCorsOrigin(requirement, headers.get('origin'));
}

/** Seconds that the claims of a session may be old. */
export function claimsMaxAgeOf(config: Gateway['config'], { claims_max_age }: Matched['requirement']): number {
  return Math.min(claims_max_age ?? config.claimsMaxAge, config.claimsMaxAge);
}

export function callerOf(who: Who): Caller | undefined {
  if (who.kind === 'bearer') return who.caller;
  return who.kind === 'session' ? sessionCaller(who.visit.session) : undefined;
}

function sessionCaller({ identity, auth_time, amr, claimsAt }: Session): Caller {
  return { via: 'session', identity, auth_time, amr, claimsAt };
}
