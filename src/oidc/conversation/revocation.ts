// Tokens that nobody is to use any more.
// RFC 7009 §2.

import * as oauth from 'oauth4webapi';
import type { Parties } from './parties.ts';

/** Throws what `providerFault` understands; an unknown token is no error (RFC 7009 §2.2). */
export type Revoke = (token: string, token_type_hint: 'refresh_token' | 'access_token') => Promise<void>;

export function createRevoke({ metadata, client, clientAuth, callOptions }: Parties): Revoke {
  return async (token, token_type_hint) => {
    const server = await metadata.load();
    if (!server.revocation_endpoint) return;
    const response = await oauth.revocationRequest(server, client, clientAuth, token, {
      ...callOptions(),
      additionalParameters: { token_type_hint },
    });
    await oauth.processRevocationResponse(response);
  };
}
