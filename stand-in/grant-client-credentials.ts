// The client credentials grant: the client is a service user with a secret. RFC 6749 §4.4.

import { readCredentials } from './client-auth.ts';
import type { Instance } from './instance.ts';
import { OAuthError } from './respond.ts';
import { startServiceSession } from './service-session.ts';
import { findUserByLoginName } from './store.ts';
import type { Grant } from './token.ts';
import { issueTokenResponse, policyOf } from './tokens.ts';

export function createClientCredentialsGrant(instance: Instance): Grant {
  return async (exchange) => {
    const { clientId, clientSecret } = readCredentials(exchange);
    const user = findUserByLoginName(instance.store, clientId);
    if (user?.kind !== 'machine') throw new OAuthError('invalid_client', 'client not found');
    if (user.secret === undefined) throw new OAuthError('invalid_request', 'Errors.User.Machine.Secret.NotExisting');
    if (user.secret !== clientSecret) throw new OAuthError('invalid_request', 'Errors.User.Machine.Secret.Invalid');
    if (user.state !== 'active') throw new OAuthError('invalid_request', 'Errors.User.NotActive');
    const session = startServiceSession(instance, user, exchange.params.get('scope'), ['pwd']);
    const issuance = { instance, session, user, policy: policyOf(user), issuer: exchange.issuer };
    return issueTokenResponse(issuance, false);
  };
}
