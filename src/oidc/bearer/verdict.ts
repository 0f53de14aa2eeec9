// From what a bearer token says to a known caller or a refusal: what holds for every token, however its claims were come by.
// RFC 6750 §3.1; RFC 9068 §2.2; promise 9.

import type { Config } from '../../config/schema.ts';
import type { Emit } from '../../observability/request-event.ts';
import type { Caller } from '../../policy/judge.ts';
import { findTimeProblem } from '../tokens/signed-token.ts';
import { type Problem, type Refused, refused } from '../tokens/token-refusal.ts';
import { type IdentityOptions, readIdentity } from '../zitadel/identity-claims.ts';
import { findForeignOrganization } from '../zitadel/organization.ts';
import type { TokenReading } from './access-token.ts';

export type Verdict =
  /** `expiresAt` and `judgedAt` in seconds since the epoch. */
  | {
      readonly kind: 'caller';
      readonly caller: Caller;
      readonly token: string;
      readonly expiresAt: number;
      readonly judgedAt: number;
    }
  | Refused;

export interface VerdictDependencies {
  readonly config: Pick<Config, 'organizationId'>;
  readonly identityOptions: IdentityOptions;
  readonly now: () => number;
  readonly emit: Emit;
}

export function toVerdict(token: string, reading: TokenReading, deps: VerdictDependencies): Verdict {
  if (reading.kind === 'refused') return reading;
  const { config, identityOptions, now, emit } = deps;
  const { claims, claimsAt } = reading;
  const { sub, exp, auth_time, amr } = claims;
  if (typeof sub !== 'string' || sub === '') return refuse({ problem: 'missing', claim: 'sub' });
  if (typeof exp !== 'number' || findTimeProblem(claims, now())) return refuse({ problem: 'time_out_of_range' });
  // No tolerance here: what is expired is neither judged good nor remembered.
  if (exp <= now()) return refuse({ problem: 'expired' });
  const { identity, malformed } = readIdentity(sub, claims, identityOptions);
  if (malformed.length > 0) emit({ event: 'malformed_claims', level: 'warn', sub, claims: malformed });
  const foreign = findForeignOrganization(identity, config.organizationId);
  if (foreign) return refuse(problemOf(foreign.organization));
  const caller: Caller = {
    via: 'bearer',
    identity,
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
    claimsAt,
    ...(typeof auth_time === 'number' && { auth_time }),
  };
  return { kind: 'caller', caller, token, expiresAt: exp, judgedAt: now() };
}

function problemOf(organization: string | undefined): Problem {
  return organization === undefined ? { problem: 'no_organization' } : { problem: 'other_organization', organization };
}

/** Of the token as such. */
export const refuse = (problem: Problem): Refused => refused('bearer_token', problem);
