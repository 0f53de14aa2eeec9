// The end_session endpoint in its three ways. OIDC RP-Initiated Logout 1.0 §2:
// with a hint it ends that session at once; with a client only it asks (V2); with neither it forgets where to go.

import { verifyOwnJwt } from './access-token.ts';
import { peekAssertion } from './assertion.ts';
import type { Endpoint, Exchange, Instance } from './instance.ts';
import { signJwt } from './keys.ts';
import { isPostLogoutRedirectUri } from './redirect-uris.ts';
import { errorJson, OAuthError, redirectTo, withQuery } from './respond.ts';
import { loadBrowserSessions, sessionsOfAgent } from './session-cookie.ts';
import { findSessionBySid, terminateSession } from './sessions.ts';
import { type Application, findApplicationByClientId } from './store.ts';

export const LOGOUT_PATHS = {
  v1: { page: '/ui/login/logout', done: '/ui/login/logout/done' },
  v2: { page: '/ui/v2/login/logout', done: '/ui/v2/login/logout/done' },
} as const;

/** V2's own default is a relative address. */
const DONE = '/logout/done';

interface EndSession {
  sid: unknown;
  hasHint: boolean;
  /** Registered, with `state` merged in. */
  destination: string | undefined;
}

export function createEndSession(instance: Instance): Endpoint {
  return async (exchange) => {
    try {
      const request = await parseEndSession(instance, exchange);
      if (request.hasHint) return endHinted(instance, exchange, request);
      if (instance.settings.loginVersion === 'v1') return endBrowser(instance, exchange, request);
      return await askWhichSession(instance, exchange, request);
    } catch (fault) {
      if (fault instanceof OAuthError) return errorJson(fault);
      throw fault;
    }
  };
}

/** Judges everything before anything ends: a request that is refused leaves the session as it is. */
async function parseEndSession(instance: Instance, { params, issuer }: Exchange): Promise<EndSession> {
  const hint = params.get('id_token_hint');
  const claims = hint ? await readHint(instance, hint, issuer) : undefined;
  const clientId = params.get('client_id') || undefined;
  if (claims && clientId !== undefined && clientId !== claims.azp) {
    throw new OAuthError('invalid_request', 'client_id does not match azp of id_token_hint');
  }
  const application = findClient(instance, claims ? String(claims.azp) : clientId);
  const destination = application && readDestination(application, params);
  return { sid: claims?.sid, hasHint: claims !== undefined, destination };
}

/** Expired is fine, revoked is fine; the key must still exist and the issuer be ours. */
async function readHint(instance: Instance, hint: string, issuer: string): Promise<Record<string, unknown>> {
  const claims = await verifyOwnJwt(instance, hint);
  const kid = claims === undefined ? peekAssertion(hint)?.kid : undefined;
  if (kid !== undefined) {
    const isPublished = (await instance.webKeys.all()).some((key) => key.kid === kid);
    if (!isPublished) throw new OAuthError('invalid_request', 'Errors.WebKey.NotFound', 404);
    throw new OAuthError('server_error', 'Errors.Internal', 500);
  }
  if (claims?.iss !== issuer || claims.azp === undefined) {
    throw new OAuthError('invalid_request', 'id_token_hint invalid');
  }
  return claims;
}

function findClient(instance: Instance, clientId: string | undefined): Application | undefined {
  if (clientId === undefined) return undefined;
  const application = findApplicationByClientId(instance.store, clientId);
  if (!application) throw new OAuthError('invalid_request', 'Errors.App.NotFound');
  return application;
}

function readDestination(application: Application, params: URLSearchParams): string | undefined {
  const uri = params.get('post_logout_redirect_uri');
  if (!uri) return undefined;
  if (!isPostLogoutRedirectUri(application, uri)) {
    throw new OAuthError('invalid_request', 'post_logout_redirect_uri invalid');
  }
  const state = params.get('state');
  return withQuery(uri, new URLSearchParams(state === null ? {} : { state }));
}

function endHinted(instance: Instance, { issuer }: Exchange, { sid, destination }: EndSession): Response {
  const session = findSessionBySid(instance, sid);
  const { agent } = session ?? {};
  // V1 ends whatever is in that browser, other people's sessions too, and needs no cookie for it
  const meant = agent === undefined ? [session] : sessionsOfAgent(instance, agent);
  for (const each of meant) if (each) terminateSession(instance, each, issuer);
  const isV1 = typeof sid === 'string' && sid.startsWith('V1_');
  return redirectTo(destination ?? (isV1 ? LOGOUT_PATHS.v1.done : DONE));
}

function endBrowser(instance: Instance, exchange: Exchange, { destination }: EndSession): Response {
  for (const session of loadBrowserSessions(instance, exchange.request, 'v1')) {
    terminateSession(instance, session, exchange.issuer);
  }
  return redirectTo(destination ?? LOGOUT_PATHS.v1.done);
}

async function askWhichSession(
  instance: Instance,
  { params, issuer }: Exchange,
  { destination = DONE }: EndSession,
): Promise<Response> {
  const [hint, locales] = [params.get('logout_hint') ?? '', params.get('ui_locales') ?? ''];
  // Signed with the key of all tokens; without `events`, `sub` and an issuer no client takes it for one.
  const { alg, kid, privateKey } = await instance.webKeys.active();
  const claims = {
    post_logout_redirect_uri: destination,
    ...(hint && { logout_hint: hint }),
    ...(locales && { ui_locales: locales.split(' ') }),
  };
  const query = new URLSearchParams({
    ...(hint && { logout_hint: hint }),
    logout_token: await signJwt(claims, { alg, kid, typ: 'JWT' }, privateKey),
    post_logout_redirect: destination,
    ...(locales && { ui_locales: locales }),
  });
  return redirectTo(`${issuer}${LOGOUT_PATHS.v2.page}?${query}`);
}
