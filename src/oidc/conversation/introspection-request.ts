// The question what a token is, asked with the API application's own credentials. What is made of the answer: bearer/introspection.ts.
// RFC 7662 §2.1; RFC 7523 §2.2.

import * as oauth from 'oauth4webapi';
import type { Config } from '../../config/schema.ts';
import { GatewayError } from '../../errors.ts';
import { createClientAuth } from '../client-auth.ts';
import type { ProviderFetch } from '../provider-fetch.ts';
import type { ProviderMetadata } from '../provider-metadata.ts';

export type IntrospectionCall = (token: string, signal?: AbortSignal) => Promise<Readonly<Record<string, unknown>>>;

interface Dependencies {
  readonly config: Config;
  readonly metadata: ProviderMetadata;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
}

/** Throws what `providerFault` understands. Undefined where no credentials for it are configured. */
export function createIntrospectionCall(deps: Dependencies): IntrospectionCall | undefined {
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
