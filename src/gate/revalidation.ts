// What is asked of a connection that stays open: may whoever it is for still be here?
// Design §5 promise 4 (REVOCATION_MAX_AGE), promise 5 (CLAIMS_MAX_AGE): the same for sessions and for bearer tokens.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { decide } from '../policy/decide.ts';
import type { Requirement } from '../policy/requirement.ts';
import { type StillAllowed, type WatchTimes, watchPeriod } from '../proxy/open/revalidation.ts';
import type { Admitted } from './admission.ts';
import { callerOf, type Who } from './authenticate.ts';

type BearerWho = Extract<Who, { kind: 'bearer' }>;
type SessionWho = Extract<Who, { kind: 'session' }>;

export interface Revalidation {
  /** What an open connection is asked now and then: whether its session or token stands and may still go here. */
  revalidatorOf(admitted: Admitted): StillAllowed | undefined;
  /** How long an open connection may go unasked. */
  revalidationTimes(admitted: Admitted): WatchTimes;
}

export function createRevalidation({ config, now, visitorSessions, bearerTokens }: Gateway): Revalidation {
  const claimsMaxAgeOf = ({ claims_max_age }: Requirement) =>
    Math.min(claims_max_age ?? config.claimsMaxAge, config.claimsMaxAge);
  const allowedAge = (requirement: Requirement) => Math.min(config.revocationMaxAge, claimsMaxAgeOf(requirement));

  /** Nothing but time speaks against a token that says what it says for ever. */
  function judgeByTime(requirement: Requirement, { caller, expiresAt }: BearerWho): true | string {
    if (now() >= expiresAt) return 'the access token has expired';
    return decide(requirement, caller, now()).kind !== 'step-up' || 'a newer sign-in is needed';
  }

  /** What a new request with the same token would meet, had it been asked about just now. */
  async function judgeAgain(requirement: Requirement, { token, expiresAt }: BearerWho): Promise<BearerWho | string> {
    if (now() >= expiresAt) return 'the access token has expired';
    const authorization = `Bearer ${token}`;
    const maxAge = allowedAge(requirement) / 10;
    const judged = await bearerTokens.judge(authorization, { maxAge }).catch((error: unknown) => {
      // ZITADEL is away: what is remembered serves on, as it does a new request.
      if (error instanceof GatewayError) return bearerTokens.judge(authorization);
      throw error;
    });
    return judged.kind === 'caller' ? { ...judged, kind: 'bearer' } : 'the access token is no longer good';
  }

  /** Claims that would grow too old before the next look are read now. */
  async function freshenAgain(requirement: Requirement, who: SessionWho): Promise<SessionWho | string> {
    if (!(await visitorSessions.isStanding(who.visit))) return 'the session has ended';
    const claimsMaxAge = claimsMaxAgeOf(requirement) - watchPeriod(allowedAge(requirement));
    return (await visitorSessions.freshen(who.visit, claimsMaxAge)) === 'ended' ? 'the session has ended' : who;
  }

  return {
    revalidatorOf({ requirement, who }) {
      if (who.kind !== 'bearer' && who.kind !== 'session') return undefined;
      if (who.kind === 'bearer' && !bearerTokens.isAskedAbout(who.token))
        return async () => judgeByTime(requirement, who);
      return async () => {
        const latest =
          who.kind === 'bearer' ? await judgeAgain(requirement, who) : await freshenAgain(requirement, who);
        if (typeof latest === 'string') return latest;
        return decide(requirement, callerOf(latest), now()).kind === 'allow' || 'access has been withdrawn';
      };
    },

    revalidationTimes({ requirement, who }) {
      const within = allowedAge(requirement);
      if (who.kind === 'bearer') return { age: now() - who.judgedAt, within };
      return { age: who.kind === 'session' ? now() - who.visit.known.checkedAt : 0, within };
    },
  };
}
