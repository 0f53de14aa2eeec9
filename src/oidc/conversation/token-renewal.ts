// New tokens for a refresh token; a new ID token is checked as the first one was.
// RFC 6749 §6; OIDC Core §12.

import type { TokenEndpointResponse } from 'oauth4webapi';
import * as oauth from 'oauth4webapi';
import { GatewayError } from '../../errors.ts';
import { verifyIdToken } from '../tokens/id-token.ts';
import { assertChecked, TokenRefused } from '../tokens/token-refusal.ts';
import type { Parties } from './parties.ts';
import { assertUsable, type TokenSet, toTokenSet } from './token-set.ts';

/** Throws what `providerFault` understands, so that the caller tells dead from transient. */
export type Refresh = (refresh_token: string, previousIdToken: string, sub: string) => Promise<TokenSet>;

export function createRefresh(parties: Parties): Refresh {
  const { config, metadata, client, clientAuth, now, callOptions, idTokenContext } = parties;

  /** The new ID token once it is checked; undefined where there is none, or no keys to check it with. */
  async function checkIdToken(response: TokenEndpointResponse, sub: string): Promise<string | undefined> {
    const { id_token, access_token } = response;
    if (id_token === undefined) return undefined;
    try {
      const checked = await verifyIdToken(id_token, config.client_id, { ...idTokenContext(), access_token });
      if (assertChecked(checked).sub === sub) return id_token;
      throw new TokenRefused({ of: 'refresh_response', problem: 'other_subject_in_id_token' });
    } catch (error) {
      // The old refresh token is dead already: to throw the new one away would sign the user out. Nothing of the
      // unchecked ID token is used, and whose the access token is userinfo says each time.
      if (error instanceof GatewayError && error.code === 'provider_unavailable') return undefined;
      throw error;
    }
  }

  return async (refresh_token, previousIdToken, sub) => {
    const server = await metadata.load();
    const response = await oauth.refreshTokenGrantRequest(server, client, clientAuth, refresh_token, callOptions());
    const result = await oauth.processRefreshTokenResponse(server, client, response);
    assertUsable(result);
    // RFC 6749 §6: without a new refresh token the old one stays in use.
    const rest = { refresh_token: result.refresh_token ?? refresh_token };
    return toTokenSet(result, now(), { id_token: (await checkIdToken(result, sub)) ?? previousIdToken, ...rest });
  };
}
