// Opaque tokens and personal access tokens: ZITADEL is asked what they are. Only `active: true`, and for us, counts.
// RFC 7662 §2. A question that could not be asked or answered is a fault, never a verdict.

import * as oauth from 'oauth4webapi';
import type { Config } from '../../config/schema.ts';
import { GatewayError } from '../../errors.ts';
import type { IntrospectionCall } from '../conversation/introspection-request.ts';
import { providerFault } from '../provider-errors.ts';
import { type Problem, refused } from '../tokens/token-refusal.ts';
import { withoutPlainRoles } from '../zitadel/roles.ts';
import type { TokenReading } from './access-token.ts';
import { createPause, type Pause } from './pause.ts';

interface Dependencies {
  readonly config: Pick<Config, 'issuer' | 'audience' | 'introspection' | 'projectId'>;
  readonly call: IntrospectionCall;
  readonly now: () => number;
  readonly pause?: Pause;
}

/** Throws `provider_unavailable`. */
export function createIntrospection({ config, call, now, pause = createPause(now) }: Dependencies) {
  let wasAnyActive = false;

  return async (token: string, signal?: AbortSignal): Promise<TokenReading> => {
    const answer = await pause.ask(() =>
      call(token, signal).catch((error: unknown) => {
        throw introspectionFault(error);
      }),
    );
    wasAnyActive ||= answer.active === true;
    const problem = findProblem(answer, config, wasAnyActive);
    if (problem) return refused('introspection', problem);
    const claims = config.projectId === undefined ? answer : withoutPlainRoles(answer);
    return { kind: 'claims', claims, claimsAt: now() };
  };
}

function findProblem(
  { active, iss, token_type, aud, cnf }: Readonly<Record<string, unknown>>,
  config: Dependencies['config'],
  wasAnyActive: boolean,
): Problem | undefined {
  // ZITADEL says the same when it cannot read our assertion, or when the API application is not in the token's audience.
  if (active !== true) return { problem: 'inactive', wasAnyActive };
  if (iss !== undefined && iss !== config.issuer) return { problem: 'other_issuer', iss };
  const isBearer = typeof token_type === 'string' && token_type.toLowerCase() === 'bearer';
  if (token_type !== undefined && !isBearer) return { problem: 'not_bearer', token_type };
  if (cnf !== undefined) return { problem: 'bound_to_a_key' };
  // ZITADEL adds the asking application and its project to a personal access token's audience.
  const accepted = config.audience.length > 0 ? config.audience : [config.introspection?.client_id];
  const audience: unknown[] = Array.isArray(aud) ? aud : [aud];
  const isForUs = accepted.some((item) => item !== undefined && audience.includes(item));
  return isForUs ? undefined : { problem: 'other_audience', aud };
}

/** ZITADEL unwell, or the gateway's own credentials refused: either way nothing is known about the token. */
function introspectionFault(cause: unknown): GatewayError {
  const { kind, reason, retryAfter } = providerFault(cause);
  const isRefusal = kind !== 'transient' && (cause instanceof oauth.ResponseBodyError || kind === 'dead');
  const what = isRefusal ? "operator's mistake, ZITADEL refuses the API application" : kind;
  return new GatewayError('provider_unavailable', `introspection: ${what}: ${reason}`, {
    cause,
    ...(retryAfter && { retryAfter }),
  });
}
