// Token exchange, as far as impersonation needs it: a user's id or token in, a token with `act` out. RFC 8693 §2.

import { resolveAccessToken } from './access-token.ts';
import { authenticateClient } from './client-auth.ts';
import { audienceOf } from './grant-code.ts';
import { assertGrantAllowed } from './grant-refresh.ts';
import type { Exchange, Instance } from './instance.ts';
import { OAuthError } from './respond.ts';
import { keepKnownScopes, splitScope } from './scopes.ts';
import type { Actor, OidcSession } from './sessions.ts';
import type { User } from './store.ts';
import type { Grant } from './token.ts';
import { issueAccessToken, issueIdToken, policyOf } from './tokens.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const USER_ID = 'urn:zitadel:params:oauth:token-type:user_id';

interface Party {
  user: User;
  session: OidcSession | undefined;
}

export function createTokenExchangeGrant(instance: Instance): Grant {
  return async (exchange) => {
    const { params, issuer } = exchange;
    const application = await authenticateClient(instance, exchange);
    assertGrantAllowed(application, 'urn:ietf:params:oauth:grant-type:token-exchange');
    if (params.has('resource')) throw new OAuthError('invalid_target', 'resource parameter not supported');
    const subject = await readSubject(instance, params);
    const actor = params.has('actor_token') ? await readToken(instance, params, 'actor_token') : undefined;
    const act = actor && assertImpersonation(instance, exchange, actor, subject.session);
    const project = instance.store.projects.get(application.projectId);
    const scope = keepKnownScopes(splitScope(params.get('scope') ?? 'openid'), project);
    const session: OidcSession = {
      id: `V2_${instance.nextId()}`,
      clientId: application.clientId,
      projectId: application.projectId,
      userId: subject.user.id,
      scope,
      audience: audienceOf(instance.store, application.projectId, scope),
      authTime: instance.now(),
      act,
    };
    instance.sessions.oidc.set(session.id, session);
    const type = params.get('requested_token_type') ?? ACCESS_TOKEN;
    const policy = { ...policyOf(application), accessTokenType: type === JWT ? ('JWT' as const) : ('Bearer' as const) };
    const issuance = { instance, session, user: subject.user, policy, issuer };
    const access_token = await issueAccessToken(issuance);
    return {
      access_token,
      issued_token_type: type,
      token_type: 'Bearer',
      expires_in: Math.max(0, instance.lifetimes.accessToken - 1),
      scope: scope.join(' '),
      ...(scope.includes('openid') && { id_token: await issueIdToken(issuance, access_token) }),
    };
  };
}

async function readToken(instance: Instance, params: URLSearchParams, name: string): Promise<Party> {
  const resolved = await resolveAccessToken(instance, params.get(name) ?? '');
  if (resolved?.user.state !== 'active') throw new OAuthError('invalid_request', `${name} is invalid`);
  return { user: resolved.user, session: resolved.kind === 'session' ? resolved.session : undefined };
}

async function readSubject(instance: Instance, params: URLSearchParams): Promise<Party> {
  if (params.get('subject_token_type') !== USER_ID) return readToken(instance, params, 'subject_token');
  if (!params.has('actor_token')) throw new OAuthError('invalid_request', 'actor_token required');
  const user = instance.store.users.get(params.get('subject_token') ?? '');
  if (!user) throw new OAuthError('invalid_request', 'subject_token is invalid');
  return { user, session: undefined };
}

function assertImpersonation(
  instance: Instance,
  { issuer }: Exchange,
  actor: Party,
  subject: OidcSession | undefined,
): Actor {
  if (!instance.settings.enableImpersonation) {
    throw new OAuthError('invalid_request', 'Errors.TokenExchange.Impersonation.PolicyDisabled', 403);
  }
  const before = actor.session?.act ?? subject?.act;
  return { iss: issuer, sub: actor.user.id, ...(before && { act: before }) };
}
