// Judges anew, now and then, whether a connection that stays open may stay so.
// ARCHITECTURE §5 promise 4 (REVOCATION_MAX_AGE), promise 5 (CLAIMS_MAX_AGE). They hold for sessions and for bearer tokens alike.

import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { decide } from '../policy/decide.ts';
import type { Requirement } from '../policy/requirement.ts';
import { type RevalidationTimes, revalidationPeriod, type StillAllowed } from '../proxy/open/revalidation.ts';
import { callerOf, claimsMaxAgeOf, type Who } from './authenticate.ts';
import type { Identified } from './stages.ts';

type BearerWho = Extract<Who, { kind: 'bearer' }>;
type SessionWho = Extract<Who, { kind: 'session' }>;
/** Without its context: the request is over, only its rules and its caller are judged again. */
type OpenConnection = Omit<Identified, 'context'>;

/** Returns what judges the session or the token anew; undefined for a connection of nobody's. */
export function revalidatorOf(gateway: Gateway, { requirement, who }: OpenConnection): StillAllowed | undefined {
  if (who.kind === 'session')
    return async () => judgeAgain(gateway, requirement, await freshen(gateway, requirement, who));
  if (who.kind !== 'bearer') return undefined;
  if (!gateway.bearerTokens.isAskedAbout(who.token)) return async () => judgeByTime(gateway, requirement, who);
  return async () => judgeAgain(gateway, requirement, await askAgain(gateway, requirement, who));
}

/** How long a connection may stay open before it is judged anew. */
export function revalidationTimes({ config, now }: Gateway, { requirement, who }: OpenConnection): RevalidationTimes {
  const within = longestUnasked(config, requirement);
  if (who.kind === 'bearer') return { age: now() - who.judgedAt, within };
  return { age: who.kind === 'session' ? now() - who.visit.known.checkedAt : 0, within };
}

function longestUnasked(config: Gateway['config'], requirement: Requirement): number {
  return Math.min(config.revocationMaxAge, claimsMaxAgeOf(config, requirement));
}

/** For a token that is not asked about at ZITADEL: its claims never change, so only time can end it. */
function judgeByTime({ now }: Gateway, requirement: Requirement, { caller, expiresAt }: BearerWho): true | string {
  if (now() >= expiresAt) return 'the access token has expired';
  return decide(requirement, caller, now()).kind !== 'step-up' || 'a newer sign-in is needed';
}

/** `latest` is the caller as known now, or the reason why there is none any more. */
function judgeAgain(
  { now }: Gateway,
  requirement: Requirement,
  latest: BearerWho | SessionWho | string,
): true | string {
  if (typeof latest === 'string') return latest;
  return decide(requirement, callerOf(latest), now()).kind === 'allow' || 'access has been withdrawn';
}

/** Asks ZITADEL about the token, as a new request would that accepts no older verdict. */
async function askAgain(
  { bearerTokens, config, now }: Gateway,
  requirement: Requirement,
  { token, expiresAt }: BearerWho,
): Promise<BearerWho | string> {
  if (now() >= expiresAt) return 'the access token has expired';
  const authorization = `Bearer ${token}`;
  const maxAge = longestUnasked(config, requirement) / 10;
  const judged = await bearerTokens.judge(authorization, { maxAge }).catch((error: unknown) => {
    // ZITADEL can't be reached: the remembered verdict counts, as it does for a new request.
    if (error instanceof GatewayError) return bearerTokens.judge(authorization);
    throw error;
  });
  return judged.kind === 'caller' ? { ...judged, kind: 'bearer' } : 'the access token is no longer good';
}

/** Reads the session's claims now if they would grow too old before the next look. */
async function freshen(
  { visitorSessions, config }: Gateway,
  requirement: Requirement,
  who: SessionWho,
): Promise<SessionWho | string> {
  if (!(await visitorSessions.isStanding(who.visit))) return 'the session has ended';
  const claimsMaxAge = claimsMaxAgeOf(config, requirement) - revalidationPeriod(longestUnasked(config, requirement));
  return (await visitorSessions.freshen(who.visit, claimsMaxAge)) === 'ended' ? 'the session has ended' : who;
}
