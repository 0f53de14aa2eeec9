// The authorization endpoint. RFC 6749 §4.1.1, RFC 7636, OIDC Core §3.1.2.
// Mistakes found before the request exists are JSON with 400 in the browser; only what comes later is redirected.

import { refuse } from './authorize-response.ts';
import type { Endpoint, Instance } from './instance.ts';
import { LOGIN_PATHS } from './login.ts';
import { assertRedirectUri } from './redirect-uris.ts';
import { readRequestObject } from './request-object.ts';
import { errorJson, OAuthError, redirectTo } from './respond.ts';
import { appendRoleScopes, keepKnownScopes, requestedOrganization, splitScope } from './scopes.ts';
import type { AuthRequest } from './sessions.ts';
import { type Application, findApplicationByClientId } from './store.ts';

export function createAuthorize(instance: Instance): Endpoint {
  return async (exchange) => {
    try {
      const params = await readRequestObject(instance, exchange);
      const authRequest = parseAuthRequest(instance, params, exchange.issuer);
      return await startAuthRequest(instance, authRequest);
    } catch (fault) {
      if (fault instanceof OAuthError) return errorJson(fault);
      throw fault;
    }
  };
}

function parseAuthRequest(instance: Instance, params: URLSearchParams, issuer: string): AuthRequest {
  const application = findClient(instance, params);
  const redirectUri = params.get('redirect_uri');
  if (!redirectUri) throw new OAuthError('server_error', 'auth request is missing redirect_uri', 500);
  const prompt = splitScope(params.get('prompt'));
  if (prompt.includes('none') && prompt.length > 1) {
    throw new OAuthError('invalid_request', 'The prompt parameter `none` must only be used as a single value');
  }
  const scope = parseScope(instance, application, params);
  assertRedirectUri(application, redirectUri);
  assertResponseType(application, params.get('response_type'));
  const loginVersion = application.loginVersion?.version ?? instance.settings.loginVersion;
  return {
    id: (loginVersion === 'v2' ? 'V2_' : '') + instance.nextId(),
    clientId: application.clientId,
    redirectUri,
    responseMode: parseResponseMode(params.get('response_mode')),
    scope,
    state: params.get('state'),
    nonce: params.get('nonce'),
    prompt,
    maxAge: parseMaxAge(params.get('max_age'), prompt),
    loginHint: params.get('login_hint'),
    codeChallenge: params.get('code_challenge'),
    organizationId: undefined,
    issuer,
    loginVersion,
    uiLocales: splitScope(params.get('ui_locales')),
    createdAt: instance.now(),
    phase: 'added',
  };
}

/** `prompt=login` counts as `max_age=0`. */
function parseMaxAge(maxAge: string | null, prompt: string[]): number | undefined {
  if (prompt.includes('login')) return 0;
  return maxAge !== null && /^\d+$/.test(maxAge) ? Number(maxAge) : undefined;
}

function findClient(instance: Instance, params: URLSearchParams): Application {
  const clientId = params.get('client_id');
  if (!clientId) throw new OAuthError('invalid_request', 'auth request is missing client_id');
  const application = findApplicationByClientId(instance.store, clientId);
  if (application?.kind !== 'oidc' || !application.active) {
    throw new OAuthError('invalid_request', 'Errors.App.NotFound');
  }
  return application;
}

function parseScope(instance: Instance, application: Application, params: URLSearchParams): string[] {
  const project = instance.store.projects.get(application.projectId);
  const asked = splitScope(params.get('scope'));
  // Only a missing scope is a mistake. Unknown scopes are dropped later, even if none is left then
  if (asked.length === 0) {
    throw new OAuthError(
      'invalid_request',
      'The scope of your request is missing. Please ensure some scopes are requested. ' +
        'If you have any questions, you may contact the administrator of the application.',
    );
  }
  const kept = keepKnownScopes(asked, project);
  return project ? appendRoleScopes(kept, project) : kept;
}

function assertResponseType(application: Application, responseType: string | null): void {
  if (responseType && application.responseTypes.includes(responseType)) return;
  throw new OAuthError(
    responseType ? 'unauthorized_client' : 'invalid_request',
    `The ${responseType ? 'requested response type is missing in the client configuration' : 'response type is missing in your request'}. ` +
      'If you have any questions, you may contact the administrator of the application.',
  );
}

function parseResponseMode(mode: string | null): AuthRequest['responseMode'] {
  return mode === 'fragment' || mode === 'form_post' ? mode : 'query';
}

/** V1's is relative; V2's pages may lie on another host. */
function loginAddress({ store }: Instance, { id, clientId, issuer, loginVersion }: AuthRequest): string {
  if (loginVersion === 'v1') return `${LOGIN_PATHS.v1}?authRequestID=${id}`;
  const chosen = findApplicationByClientId(store, clientId)?.loginVersion;
  const base = chosen?.version === 'v2' && chosen.baseUri;
  return `${base ? `${base.replace(/\/$/, '')}/login` : issuer + LOGIN_PATHS.v2}?authRequest=${id}`;
}

async function startAuthRequest(instance: Instance, draft: AuthRequest): Promise<Response> {
  const { authRequests } = instance.sessions;
  let authRequest = draft;
  try {
    authRequest = { ...draft, organizationId: requestedOrganization(draft.scope, instance.store)?.id };
  } catch (fault) {
    if (fault instanceof OAuthError) return refuse(instance, draft, fault);
    throw fault;
  }
  authRequests.set(authRequest.id, authRequest);
  return redirectTo(loginAddress(instance, authRequest));
}
