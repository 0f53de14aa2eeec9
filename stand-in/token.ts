// The token endpoint: one file per grant behind it. Body and query both count, GET works as well, as with ZITADEL.

import { createClientCredentialsGrant } from './grant-client-credentials.ts';
import { createCodeGrant } from './grant-code.ts';
import { createJwtBearerGrant } from './grant-jwt-bearer.ts';
import { createRefreshGrant } from './grant-refresh.ts';
import { createTokenExchangeGrant } from './grant-token-exchange.ts';
import type { Endpoint, Exchange, Instance } from './instance.ts';
import { errorJson, json, OAuthError } from './respond.ts';
import type { Json } from './tamper.ts';

export type Grant = (exchange: Exchange) => Promise<Json>;

export function createToken(instance: Instance): Endpoint {
  const grants: Record<string, Grant> = {
    authorization_code: createCodeGrant(instance),
    refresh_token: createRefreshGrant(instance),
    client_credentials: createClientCredentialsGrant(instance),
    'urn:ietf:params:oauth:grant-type:jwt-bearer': createJwtBearerGrant(instance),
    'urn:ietf:params:oauth:grant-type:token-exchange': createTokenExchangeGrant(instance),
  };
  return async (exchange) => {
    try {
      const grantType = exchange.params.get('grant_type') ?? '';
      if (grantType === '') throw new OAuthError('invalid_request', 'grant_type missing');
      const grant = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined;
      if (!grant) throw new OAuthError('unsupported_grant_type', `${grantType} not supported`);
      const response = await grant(exchange);
      return json((await instance.tamper.tokenResponse?.(response)) ?? response);
    } catch (fault) {
      if (fault instanceof OAuthError) return errorJson(fault);
      throw fault;
    }
  };
}
