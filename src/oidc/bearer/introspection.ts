// Opaque tokens and personal access tokens: ZITADEL is asked what they are. Only `active: true`, and for us, counts.
// RFC 7662 §2; RFC 7523 §2.2. A question that could not be asked or answered is a fault, never a verdict.

import * as oauth from 'oauth4webapi';
import type { Config } from '../../config/schema.ts';
import { GatewayError } from '../../errors.ts';
import { createClientAuth } from '../client-auth.ts';
import { providerFault } from '../provider-errors.ts';
import type { ProviderFetch } from '../provider-fetch.ts';
import type { ProviderMetadata } from '../provider-metadata.ts';
import { withoutPlainRoles } from '../zitadel/roles.ts';
import type { TokenReading } from './access-token.ts';
import { createPause, type Pause } from './pause.ts';

export type IntrospectionCall = (token: string, signal?: AbortSignal) => Promise<Readonly<Record<string, unknown>>>;

interface CallDependencies {
  readonly config: Config;
  readonly metadata: ProviderMetadata;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
}

/** The question itself; throws what `providerFault` understands. Undefined where no credentials for it are configured. */
export function createIntrospectionCall(deps: CallDependencies): IntrospectionCall | undefined {
  const { config, metadata, fetch, now } = deps;
  if (!config.introspection) return undefined;
  const { client_id, authentication } = config.introspection;
  const clientAuth = createClientAuth(authentication, now);
  const { issuer, introspectionUrl } = config;

  return async (token, signal) => {
    const server = introspectionUrl
      ? { issuer, introspection_endpoint: introspectionUrl }
      : await metadata.load(signal);
    if (!server.introspection_endpoint) {
      throw new GatewayError('provider_unavailable', 'metadata: introspection_endpoint is missing');
    }
    const client = { client_id };
    const response = await oauth.introspectionRequest(server, client, clientAuth, token, {
      [oauth.customFetch]: fetch,
      [oauth.allowInsecureRequests]: (introspectionUrl ?? issuer).startsWith('http:'),
      additionalParameters: { token_type_hint: 'access_token' },
      ...(signal && { signal }),
    });
    return oauth.processIntrospectionResponse(server, client, response);
  };
}

interface Dependencies {
  readonly config: Pick<Config, 'issuer' | 'audience' | 'introspection' | 'projectId'>;
  readonly call: IntrospectionCall;
  readonly now: () => number;
  readonly pause?: Pause;
}

/** Throws `provider_unavailable`. */
export function createIntrospection({ config, call, now, pause = createPause(now) }: Dependencies) {
  let hasSeenActive = false;

  return async (token: string, signal?: AbortSignal): Promise<TokenReading> => {
    const answer = await pause.ask(() =>
      call(token, signal).catch((error: unknown) => {
        throw introspectionFault(error);
      }),
    );
    hasSeenActive ||= answer.active === true;
    const problem = findProblem(answer, config, hasSeenActive);
    if (problem !== undefined) return { kind: 'refused', reason: `introspection: ${problem}` };
    const claims = config.projectId === undefined ? answer : withoutPlainRoles(answer);
    return { kind: 'claims', claims, claimsAt: now() };
  };
}

function findProblem(
  { active, iss, token_type, aud, cnf }: Readonly<Record<string, unknown>>,
  config: Dependencies['config'],
  hasSeenActive: boolean,
): string | undefined {
  if (active !== true) {
    // ZITADEL says the same when it cannot read our assertion, or when the API application is none of the token's audience.
    return hasSeenActive ? 'inactive' : 'inactive, as every token so far: check the API application and its project';
  }
  if (iss !== undefined && iss !== config.issuer) return 'iss is another issuer';
  const isBearer = typeof token_type === 'string' && token_type.toLowerCase() === 'bearer';
  if (token_type !== undefined && !isBearer) return 'token_type is not Bearer';
  if (cnf !== undefined) return 'the token is bound to a key';
  // ZITADEL adds the asking application and its project to a personal access token's audience.
  const accepted = config.audience.length > 0 ? config.audience : [config.introspection?.client_id];
  const audience: unknown[] = Array.isArray(aud) ? aud : [aud];
  return accepted.some((item) => item !== undefined && audience.includes(item)) ? undefined : 'aud is somebody else';
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
