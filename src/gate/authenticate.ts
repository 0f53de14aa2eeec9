// Who asks: a bearer token where the route takes one and one is there, else the session in the cookie.
// Design §3, §6. A token that is present is judged, never skipped in favour of a cookie.

import type { RequestContext } from '../answer/answers.ts';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { Caller } from '../policy/judge.ts';
import type { Requirement } from '../policy/requirement.ts';
import type { Session } from '../session/session.ts';
import type { Visit } from '../session/visitor-sessions.ts';
import { clientNetwork } from '../shared/client-network.ts';

export type Who =
  | { readonly kind: 'nobody'; readonly reason: string /** Whose session has ended. */; readonly formerSub?: string }
  | { readonly kind: 'session'; readonly visit: Visit }
  | {
      readonly kind: 'bearer';
      readonly caller: Caller;
      readonly token: string;
      readonly expiresAt: number;
      /** When ZITADEL, or its signature, last said so; seconds since the epoch. */
      readonly judgedAt: number;
    }
  | { readonly kind: 'bad-token'; readonly error: 'invalid_token' | 'invalid_request'; readonly reason: string };

/** `claimsMaxAge`: seconds; overrides the route's, for one more look before a refusal. */
export type Authenticate = (c: RequestContext, requirement: Requirement, claimsMaxAge?: number) => Promise<Who>;

export function createAuthenticate(gateway: Gateway): Authenticate {
  return async (c, requirement, claimsMaxAge) => {
    const maxAge = claimsMaxAge ?? requirement.claims_max_age;
    const { headers } = c.req.raw;
    if (requirement.credentials.bearer) {
      const judged = await gateway.bearerTokens.judge(headers.get('authorization'), {
        maxAge,
        network: c.isAskedFor ? undefined : clientNetwork(headers),
      });
      if (judged.kind === 'refused') return { kind: 'bad-token', error: judged.error, reason: judged.reason };
      if (judged.kind === 'caller') {
        return { ...judged, kind: 'bearer' };
      }
    }
    if (!requirement.credentials.session) return { kind: 'nobody', reason: 'no bearer token' };
    return openSession(gateway, c, requirement);
  };
}

async function openSession(gateway: Gateway, c: RequestContext, requirement: Requirement): Promise<Who> {
  const { visitorSessions, config } = gateway;
  try {
    const countsAsActivity = c.req.header('x-postern-activity') !== 'background';
    const opened = await visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity });
    if (opened.kind === 'none') return { kind: 'nobody', reason: 'no session' };
    if (opened.kind === 'ended') {
      c.get('event').session_ended = opened.reason;
      return { kind: 'nobody', reason: `session ended: ${opened.reason}`, formerSub: opened.sub };
    }
    const { visit } = opened;
    const claimsMaxAge = Math.min(requirement.claims_max_age ?? config.claimsMaxAge, config.claimsMaxAge);
    const claims = await visitorSessions.freshen(visit, claimsMaxAge);
    c.get('event').claims = claims;
    if (claims === 'ended')
      return { kind: 'nobody', reason: 'the session has just ended', formerSub: visit.session.identity.sub };
    return { kind: 'session', visit };
  } catch (error) {
    // A public page does not depend on the sessions' store; the visitor is merely not recognised.
    if (!requirement.isPublic || !(error instanceof GatewayError)) throw error;
    return { kind: 'nobody', reason: error.message };
  }
}

export function callerOf(who: Who): Caller | undefined {
  if (who.kind === 'bearer') return who.caller;
  return who.kind === 'session' ? sessionCaller(who.visit.session) : undefined;
}

function sessionCaller({ identity, auth_time, amr, claimsAt }: Session): Caller {
  return { via: 'session', identity, auth_time, amr, claimsAt };
}
