// Revocation. RFC 7009 §2: 200 for whatever is no token; a refresh token takes the access token with it.

import { findHandle, unsealToken } from './access-token.ts';
import { authenticateClient } from './client-auth.ts';
import type { Endpoint, Instance } from './instance.ts';
import { errorJson, OAuthError } from './respond.ts';

export function createRevocation(instance: Instance): Endpoint {
  return async (exchange) => {
    try {
      const application = await authenticateClient(instance, exchange);
      await revoke(instance, application.clientId, exchange.params);
      return new Response(null, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
    } catch (fault) {
      if (fault instanceof OAuthError) return errorJson(fault);
      throw fault;
    }
  };
}

async function revoke(instance: Instance, clientId: string, params: URLSearchParams): Promise<void> {
  const token = params.get('token');
  if (!token) throw new OAuthError('invalid_request', 'token missing');
  // No hint counts, not even a wrong one
  const plaintext = await unsealToken(instance, token);
  const handle = plaintext === undefined ? undefined : findHandle(instance, plaintext);
  if (!handle) return;
  const { session, tokenId } = handle;
  const isRefreshToken = tokenId.startsWith('rt_');
  if (!session.audience.includes(clientId)) {
    throw new OAuthError('invalid_client', 'token was not issued for this client', 401);
  }
  if (isRefreshToken && session.refreshToken?.id === tokenId) {
    session.refreshToken = undefined;
    session.accessToken = undefined;
  }
  if (session.accessToken?.id === tokenId) session.accessToken = undefined;
}
