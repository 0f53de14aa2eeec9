// The authorization code grant. RFC 6749 §4.1.3, RFC 7636 §4.6.
// A code is used once, has no time limit, and outlives a wrong verifier.

import { createHash } from 'node:crypto';
import { authenticateClient } from './client-auth.ts';
import { assertGrantAllowed } from './grant-refresh.ts';
import { type Instance, SYSTEM_PROJECT_ID } from './instance.ts';
import { OAuthError } from './respond.ts';
import { requestedAudience } from './scopes.ts';
import type { AuthRequest, OidcSession, SsoSession } from './sessions.ts';
import type { Application, Store } from './store.ts';
import type { Grant } from './token.ts';
import { issueTokenResponse, policyOf } from './tokens.ts';

export function createCodeGrant(instance: Instance): Grant {
  return async (exchange) => {
    const { params, issuer } = exchange;
    const code = params.get('code');
    if (!code) throw new OAuthError('invalid_request', 'code missing');
    const application = await authenticateClient(instance, exchange);
    assertGrantAllowed(application, 'authorization_code');
    const id = await instance.opaqueTokens.unseal(code);
    // From here to the change of phase nothing waits: of two requests with one code, one wins.
    const authRequest = findAuthRequest(instance, id);
    const session = assertExchangeable(instance, authRequest, application, params);
    const user = instance.store.users.get(session.userId);
    if (user?.state !== 'active') throw new OAuthError('invalid_request', 'Errors.User.NotActive');
    authRequest.phase = 'code_exchanged';
    if (authRequest.loginVersion === 'v1') instance.sessions.authRequests.delete(authRequest.id);
    const oidcSession = startOidcSession(instance, authRequest, session, application);
    const wantsRefresh =
      oidcSession.scope.includes('offline_access') && application.grantTypes.includes('refresh_token');
    const issuance = { instance, session: oidcSession, user, policy: policyOf(application), issuer };
    return issueTokenResponse(issuance, wantsRefresh);
  };
}

function findAuthRequest(instance: Instance, id: string | undefined): AuthRequest {
  if (id === undefined) throw new OAuthError('invalid_request', 'Errors.User.Code.Invalid');
  const authRequest = instance.sessions.authRequests.get(id);
  // V1 forgets a request once its code is taken, V2 remembers that it was
  if (!authRequest) throw new OAuthError('invalid_request', 'Errors.AuthRequest.NotFound', 404);
  if (authRequest.phase !== 'code_added') throw new OAuthError('invalid_request', 'Errors.AuthRequest.NoCode');
  return authRequest;
}

function assertExchangeable(
  instance: Instance,
  authRequest: AuthRequest,
  application: Application,
  params: URLSearchParams,
): SsoSession {
  if (authRequest.clientId !== application.clientId) {
    throw new OAuthError(
      'invalid_client',
      'client_id does not correspond to the client_id in the authorization request',
    );
  }
  // PKCE is nobody's duty here: without a challenge a public client gets by without a verifier.
  if (authRequest.codeChallenge !== null || application.authMethod === 'none') {
    assertVerifier(authRequest.codeChallenge, params.get('code_verifier'));
  }
  if (params.get('redirect_uri') !== authRequest.redirectUri) {
    throw new OAuthError('invalid_grant', 'redirect_uri does not correspond');
  }
  const session = authRequest.session && instance.sessions.sso.get(authRequest.session.id);
  if (!session || session.isTerminated) throw new OAuthError('invalid_request', 'Errors.Session.Terminated');
  return session;
}

function assertVerifier(challenge: string | null, verifier: string | null): void {
  if (challenge === null) {
    if (verifier) throw new OAuthError('invalid_request', 'code_verifier unexpectedly provided');
    return;
  }
  if (!verifier) throw new OAuthError('invalid_request', 'code_verifier required');
  if (createHash('sha256').update(verifier).digest('base64url') !== challenge) {
    throw new OAuthError('invalid_grant', 'invalid code_verifier');
  }
}

/** All clients of the project, APIs too, the project itself, and what scopes add: siblings take each other's tokens. */
export function audienceOf(store: Store, projectId: string, scope: string[]): string[] {
  const siblings = [...store.applications.values()].filter((item) => item.active && item.projectId === projectId);
  const clientIds = siblings.map(({ clientId }) => clientId);
  return [...new Set([...clientIds, projectId, ...requestedAudience(scope, SYSTEM_PROJECT_ID)])];
}

function startOidcSession(
  instance: Instance,
  authRequest: AuthRequest,
  session: SsoSession,
  application: Application,
): OidcSession {
  const oidcSession: OidcSession = {
    id: `V2_${instance.nextId()}`,
    clientId: application.clientId,
    projectId: application.projectId,
    userId: session.userId,
    scope: authRequest.scope,
    audience: audienceOf(instance.store, application.projectId, authRequest.scope),
    nonce: authRequest.nonce ?? undefined,
    authTime: session.authTime,
    amr: session.amr,
    sid: session.sid,
    backChannelLogoutUri: application.backChannelLogoutUri,
  };
  instance.sessions.oidc.set(oidcSession.id, oidcSession);
  return oidcSession;
}
