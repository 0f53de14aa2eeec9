// The userinfo endpoint. OIDC Core §5.3: roles and profile live here. 401 without `WWW-Authenticate`.

import { type ResolvedToken, resolveAccessToken } from './access-token.ts';
import { scopedClaims, userinfoClaims } from './claims.ts';
import type { Endpoint, Instance } from './instance.ts';
import { errorJson, json, OAuthError } from './respond.ts';
import { roleClaims } from './roles.ts';
import type { Json } from './tamper.ts';

export function createUserinfo(instance: Instance): Endpoint {
  return async ({ request, params, issuer }) => {
    const bearer = /^bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    const token = bearer ?? params.get('access_token');
    if (!token) return errorJson(new OAuthError('invalid_request', 'access token missing', 401));
    const resolved = await resolveAccessToken(instance, token);
    if (!resolved) return errorJson(new OAuthError('access_denied', 'access token invalid', 401));
    if (resolved.user.state !== 'active') return errorJson(new OAuthError('access_denied', 'no active user', 401));
    const claims = claimsOf(instance, resolved, issuer);
    return json((await instance.tamper.userinfo?.(claims)) ?? claims);
  };
}

function claimsOf({ store }: Instance, resolved: ResolvedToken, issuer: string): Json {
  const { user } = resolved;
  const { scope } = resolved.kind === 'pat' ? resolved.token : resolved.session;
  const projectId = resolved.kind === 'pat' ? undefined : resolved.session.projectId;
  return {
    sub: user.id,
    ...userinfoClaims(store, user, scope, issuer),
    ...roleClaims(store, user, { scope, projectId }),
    ...scopedClaims(store, user, scope),
  };
}
