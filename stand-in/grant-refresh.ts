// The refresh grant. RFC 6749 §6: rotates every time, without grace, and kills the access token before.
// A dead token is `invalid_request`, not `invalid_grant`; replaying one revokes nothing else.

import { findHandle } from './access-token.ts';
import { authenticateClient } from './client-auth.ts';
import type { Instance } from './instance.ts';
import { OAuthError } from './respond.ts';
import { splitScope } from './scopes.ts';
import type { OidcSession } from './sessions.ts';
import type { Application, GrantType, User } from './store.ts';
import type { Grant } from './token.ts';
import { issueTokenResponse, policyOf } from './tokens.ts';

export function assertGrantAllowed(application: Application, grantType: GrantType): void {
  if (application.grantTypes.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `grant_type "${grantType}" not allowed`);
}

export function createRefreshGrant(instance: Instance): Grant {
  return async (exchange) => {
    const { params, issuer } = exchange;
    const refreshToken = params.get('refresh_token');
    if (!refreshToken) throw new OAuthError('invalid_request', 'refresh_token missing');
    const application = await authenticateClient(instance, exchange);
    assertGrantAllowed(application, 'refresh_token');
    const plaintext = await instance.opaqueTokens.unseal(refreshToken);
    // From here to the rotation nothing waits: of two requests with one token, one wins.
    const { session, user } = takeRefreshToken(instance, plaintext, application, params);
    return issueTokenResponse({ instance, session, user, policy: policyOf(application), issuer }, true);
  };
}

function takeRefreshToken(
  instance: Instance,
  plaintext: string | undefined,
  application: Application,
  params: URLSearchParams,
): { session: OidcSession; user: User } {
  const handle = plaintext === undefined ? undefined : findHandle(instance, plaintext);
  // Access tokens decrypt in the same way, but are no refresh tokens
  if (!handle?.tokenId.startsWith('rt_')) throw new OAuthError('invalid_request', 'Errors.User.RefreshToken.Invalid');
  const { session, tokenId } = handle;
  if (session.clientId !== application.clientId) {
    throw new OAuthError('invalid_client', 'client_id does not correspond to the client_id in the refresh token');
  }
  const live = session.refreshToken;
  const now = instance.now();
  if (live?.id !== tokenId || live.expiresAt <= now || live.idleExpiresAt <= now) {
    throw new OAuthError('invalid_request', 'Errors.OIDCSession.RefreshTokenInvalid');
  }
  const user = instance.store.users.get(session.userId);
  if (user?.state !== 'active') throw new OAuthError('invalid_request', 'Errors.User.NotActive');
  const scope = params.has('scope') ? splitScope(params.get('scope')) : session.scope;
  if (!scope.every((item) => session.scope.includes(item))) throw new OAuthError('invalid_scope');
  session.refreshToken = { ...live, id: 'taken' };
  return { session: narrowScope(instance, session, scope), user };
}

function narrowScope(instance: Instance, session: OidcSession, scope: string[]): OidcSession {
  if (scope.length === session.scope.length) return session;
  const narrowed = { ...session, scope };
  instance.sessions.oidc.set(session.id, narrowed);
  return narrowed;
}
