// Introspection. RFC 7662 §2, by audience: who is not meant by a token hears that it is inactive.
// A malformed assertion of the caller's own gives `{"active":false}` too, which hides a bad configuration.

import { type ResolvedToken, resolveAccessToken } from './access-token.ts';
import { peekAssertion } from './assertion.ts';
import { scopedClaims, userinfoClaims } from './claims.ts';
import { NOBODY, readCredentials, verifyClientAssertion } from './client-auth.ts';
import type { Endpoint, Exchange, Instance } from './instance.ts';
import { errorJson, json, OAuthError } from './respond.ts';
import { roleClaims } from './roles.ts';
import { allRoleScopes } from './scopes.ts';
import { type Application, findApplicationByClientId, loginName, type PersonalAccessToken } from './store.ts';
import type { Json } from './tamper.ts';

const INACTIVE = { active: false };

export function createIntrospection(instance: Instance): Endpoint {
  return async (exchange) => {
    try {
      const { assertion } = readCredentials(exchange);
      if (assertion && !peekAssertion(assertion)) return json(INACTIVE);
      const caller = await authenticateCaller(instance, exchange);
      const token = exchange.params.get('token');
      if (!token) throw new OAuthError('invalid_request', 'token missing');
      const resolved = await resolveAccessToken(instance, token);
      const answer = resolved ? describe(instance, caller, resolved, exchange.issuer) : INACTIVE;
      return json((await instance.tamper.introspection?.(answer)) ?? answer);
    } catch (fault) {
      if (fault instanceof OAuthError) return errorJson(fault);
      throw fault;
    }
  };
}

async function authenticateCaller(instance: Instance, exchange: Exchange): Promise<Application> {
  const { clientId, clientSecret, assertion } = readCredentials(exchange);
  if (!assertion && clientId === '') throw NOBODY;
  const proven = assertion ? await verifyClientAssertion(instance, exchange.issuer, assertion, 1) : clientId;
  const application = findApplicationByClientId(instance.store, proven ?? '');
  const isSecretRight = application?.clientSecret !== undefined && application.clientSecret === clientSecret;
  if (!application?.active || !(assertion ? proven : isSecretRight)) throw new OAuthError('unauthorized_client');
  return application;
}

function describe(instance: Instance, caller: Application, resolved: ResolvedToken, issuer: string): Json {
  const { store } = instance;
  const { user } = resolved;
  const project = store.projects.get(caller.projectId);
  if (user.state !== 'active' || !project) return INACTIVE;
  // Every API may introspect a personal access token: the API is added to its audience, and the project’s role scopes to its scopes.
  const audience = resolved.kind === 'pat' ? [caller.clientId, caller.projectId] : resolved.session.audience;
  if (!audience.includes(caller.clientId) && !audience.includes(caller.projectId)) return INACTIVE;
  const { scope } = resolved.kind === 'pat' ? resolved.token : resolved.session;
  const shownScope = resolved.kind === 'pat' ? [...scope, ...allRoleScopes(project)] : scope;
  return {
    active: true,
    scope: shownScope.join(' '),
    token_type: 'Bearer',
    sub: user.id,
    aud: audience,
    iss: issuer,
    ...(scope.includes('profile') && { username: loginName(store, user) }),
    ...(resolved.kind === 'session' ? sessionMembers(resolved) : patMembers(resolved.token)),
    ...userinfoClaims(store, user, scope, issuer),
    ...roleClaims(store, user, { scope: shownScope, projectId: caller.projectId, currentProjectOnly: true }),
    ...scopedClaims(store, user, scope),
  };
}

const patMembers = ({ id, issuedAt, expiresAt }: PersonalAccessToken): Json => ({
  exp: expiresAt,
  iat: issuedAt,
  nbf: issuedAt,
  jti: id,
});

function sessionMembers({ session, accessToken }: Extract<ResolvedToken, { kind: 'session' }>): Json {
  return {
    client_id: session.clientId,
    exp: accessToken.expiresAt,
    iat: accessToken.issuedAt,
    nbf: accessToken.issuedAt,
    jti: `${session.id}-${accessToken.id}`,
    ...(session.authTime !== undefined && { auth_time: session.authTime }),
    ...(session.amr && session.amr.length > 0 && { amr: session.amr }),
    ...(session.act && { act: session.act }),
  };
}
