// Who takes part in a conversation: the gateway as it is registered, the authorization server, and the way there.
// RFC 6749 §2; RFC 9700 §4.12.

import type { Client, ClientAuth, HttpRequestOptions } from 'oauth4webapi';
import * as oauth from 'oauth4webapi';
import type { Config } from '../../config/schema.ts';
import { createClientAuth } from '../client-auth.ts';
import type { ProviderFetch } from '../provider-fetch.ts';
import type { ProviderMetadata } from '../provider-metadata.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { CLOCK_TOLERANCE } from '../tokens/signed-token.ts';

export interface PartiesDependencies {
  readonly config: Config;
  readonly metadata: ProviderMetadata;
  readonly keys: SigningKeys;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  /** Seconds that `now` is ahead of the runtime's own clock, which oauth4webapi reads. */
  readonly clockSkew: () => number;
}

export interface Parties extends PartiesDependencies {
  readonly client: Client;
  readonly clientAuth: ClientAuth;
  /** For a call of oauth4webapi's. */
  readonly callOptions: (signal?: AbortSignal) => HttpRequestOptions<'GET' | 'POST', URLSearchParams | undefined>;
  /** What an ID token from the token endpoint is held against. */
  readonly idTokenContext: (signal?: AbortSignal) => {
    readonly issuer: string;
    readonly keys: SigningKeys;
    readonly now: () => number;
    readonly isTrustedChannel: true;
    readonly signal: AbortSignal | undefined;
  };
}

export function createParties(deps: PartiesDependencies): Parties {
  const { config, keys, fetch, now, clockSkew } = deps;
  const { client_id, issuer } = config;
  const client: Client = {
    client_id,
    [oauth.clockTolerance]: CLOCK_TOLERANCE,
    get [oauth.clockSkew]() {
      return clockSkew();
    },
  };
  return {
    ...deps,
    client,
    clientAuth: createClientAuth(config.clientAuthentication, now),
    callOptions: (signal) => ({
      [oauth.customFetch]: fetch,
      [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
      ...(signal && { signal }),
    }),
    idTokenContext: (signal) => ({ issuer, keys, now, isTrustedChannel: true, signal }),
  };
}
