// The login UI, V1 and V2: goes on by itself with a valid session of its own, and asks otherwise.
// OIDC Core §3.1.2.1 `prompt`, `max_age`, `login_hint`, with V2's own way of taking `prompt=none`.

import { answer, refuse, V1_CALLBACK } from './authorize-response.ts';
import type { Endpoint, Exchange, Instance } from './instance.ts';
import { registrationPage, signInPage } from './login-page.ts';
import { messagePage } from './pages.ts';
import { json, OAuthError, redirectTo } from './respond.ts';
import { hasRoleOn } from './roles.ts';
import { createHumanUser } from './seed-makers.ts';
import { createSsoSession, isSessionValid, loadBrowserSessions, sessionCookie } from './session-cookie.ts';
import type { AuthRequest, SsoSession } from './sessions.ts';
import { findApplicationByClientId, findUserByLoginName, type HumanUser, type User } from './store.ts';
import { agentCookie, agentOf } from './user-agent.ts';

export const LOGIN_PATHS = { v1: '/ui/login/login', v2: '/ui/v2/login/login' } as const;

export function createLogin(instance: Instance): Endpoint {
  return async (exchange) => {
    const { params, request } = exchange;
    const authRequest = findOpenRequest(instance, params);
    if (!authRequest) return nothingToSignInTo();
    return request.method === 'POST'
      ? takeAnswer(instance, exchange, authRequest)
      : startLogin(instance, exchange, authRequest);
  };
}

export function findOpenRequest({ sessions }: Instance, params: URLSearchParams): AuthRequest | undefined {
  const authRequest = sessions.authRequests.get(params.get('authRequest') ?? params.get('authRequestID') ?? '');
  return authRequest?.phase === 'added' ? authRequest : undefined;
}

export const nothingToSignInTo = (): Response =>
  messagePage('Nothing to sign in to', 'This sign-in is over or never began. Start at the application.', 404);

/** Sessions of this browser that would do for the request, the newest first. */
function usableSessions(instance: Instance, { request }: Exchange, authRequest: AuthRequest): SsoSession[] {
  const { loginHint, organizationId, loginVersion } = authRequest;
  // V2's page does not look at `max_age`
  const maxAge = loginVersion === 'v1' ? authRequest.maxAge : undefined;
  const hinted = loginHint === null ? undefined : findUserByLoginName(instance.store, loginHint);
  return loadBrowserSessions(instance, request, loginVersion).filter((session) => {
    const user = instance.store.users.get(session.userId);
    if (!isSessionValid(instance, session)) return false;
    if (maxAge !== undefined && session.authTime + maxAge <= instance.now()) return false;
    if (loginHint !== null && user !== hinted) return false;
    return organizationId === undefined || user?.organizationId === organizationId;
  });
}

async function startLogin(instance: Instance, exchange: Exchange, authRequest: AuthRequest): Promise<Response> {
  const { prompt } = authRequest;
  const [session] = usableSessions(instance, exchange, authRequest);
  if (prompt.includes('none')) {
    if (session) return finishLogin(instance, authRequest, session, []);
    if (authRequest.loginVersion === 'v1') {
      return refuse(instance, authRequest, new OAuthError('interaction_required'));
    }
    // V2 does not conform: it answers itself if the browser had any session, and shows the form if it had none.
    if (loadBrowserSessions(instance, exchange.request, 'v2').length > 0) {
      return json({ error: 'No active session found' }, 400);
    }
  }
  if (prompt.includes('create')) return registrationPage(authRequest, exchange.url.pathname);
  const mustAsk = prompt.includes('login') || prompt.includes('select_account');
  if (session && !mustAsk) return finishLogin(instance, authRequest, session, []);
  return askWho(instance, exchange, authRequest);
}

function askWho(instance: Instance, exchange: Exchange, authRequest: AuthRequest): Response {
  const everybody = [...instance.store.users.values()].filter((user): user is HumanUser => user.kind === 'human');
  const organizationId = authRequest.organizationId ?? instance.store.organizations.keys().next().value;
  const hinted = authRequest.loginHint && findUserByLoginName(instance.store, authRequest.loginHint);
  const people = everybody.filter((user) => (hinted ? user === hinted : user.organizationId === organizationId));
  return signInPage(instance, {
    authRequest,
    action: exchange.url.pathname,
    people,
    sessions: authRequest.prompt.includes('login') ? [] : usableSessions(instance, exchange, authRequest),
    clientName: findApplicationByClientId(instance.store, authRequest.clientId)?.name ?? authRequest.clientId,
  });
}

async function takeAnswer(instance: Instance, exchange: Exchange, authRequest: AuthRequest): Promise<Response> {
  const { params } = exchange;
  if (params.has('cancel')) {
    return refuse(instance, authRequest, new OAuthError('access_denied', 'The user cancelled the sign-in'));
  }
  const user = params.has('register')
    ? registerUser(instance, params, authRequest)
    : instance.store.users.get(params.get('user') ?? '');
  if (user?.kind !== 'human') return messagePage('Sign-in failed', 'Errors.User.NotFound', 404);
  if (user.state !== 'active') return messagePage('Sign-in failed', 'Errors.User.NotActive', 403);
  const reusable = usableSessions(instance, exchange, authRequest).find(({ userId }) => userId === user.id);
  const mayReuse = authRequest.prompt.includes('select_account') && !authRequest.prompt.includes('login');
  if (reusable && mayReuse && !params.has('mfa')) return finishLogin(instance, authRequest, reusable, []);
  return signInAs(instance, exchange, authRequest, user);
}

export function signInAs(
  instance: Instance,
  exchange: Exchange,
  authRequest: AuthRequest,
  user: HumanUser,
): Promise<Response> {
  const amr = exchange.params.has('mfa') ? ['pwd', 'otp', 'mfa'] : ['pwd'];
  const { loginVersion } = authRequest;
  const known = loadBrowserSessions(instance, exchange.request, loginVersion);
  if (loginVersion === 'v1') {
    const agent = agentOf(exchange.request);
    // Of one person in one browser there is one session until they sign out
    const own = known.find(({ userId, isTerminated }) => userId === user.id && !isTerminated);
    const session = own ?? createSsoSession(instance, user, amr, agent);
    Object.assign(session, { authTime: instance.now(), amr });
    return finishLogin(instance, authRequest, session, [agentCookie(exchange, agent)]);
  }
  const session = createSsoSession(instance, user, amr);
  const others = known.filter(({ userId }) => userId !== user.id);
  return finishLogin(instance, authRequest, session, [sessionCookie(exchange, [session, ...others])]);
}

function registerUser(instance: Instance, params: URLSearchParams, authRequest: AuthRequest): User {
  const email = params.get('email') ?? '';
  const user = createHumanUser({
    id: instance.nextId(),
    organizationId: authRequest.organizationId ?? [...instance.store.organizations.keys()][0] ?? '',
    username: email.split('@')[0] ?? email,
    givenName: params.get('given_name') ?? '',
    familyName: params.get('family_name') ?? '',
    email,
    emailVerified: false,
    updatedAt: instance.now(),
  });
  instance.written.users.set(user.id, user);
  return user;
}

function refusalOf(instance: Instance, authRequest: AuthRequest, user: User | undefined): string | undefined {
  const isForeign = authRequest.organizationId !== undefined && user?.organizationId !== authRequest.organizationId;
  if (isForeign && instance.settings.enforceOrganizationScope) return 'Errors.User.NotAllowedOrg';
  const application = findApplicationByClientId(instance.store, authRequest.clientId);
  const project = instance.store.projects.get(application?.projectId ?? '');
  if (project?.authorizationRequired && !hasRoleOn(instance.store, user?.id ?? '', project.id)) {
    return 'Errors.User.GrantRequired';
  }
  return undefined;
}

async function finishLogin(
  instance: Instance,
  authRequest: AuthRequest,
  session: SsoSession,
  cookies: string[],
): Promise<Response> {
  const linked = await linkSession(instance, authRequest, session);
  if ('refusal' in linked) return messagePage('Sign-in failed', linked.refusal, 403, cookies);
  if (authRequest.loginVersion === 'v1') return redirectTo(`${V1_CALLBACK}?id=${authRequest.id}`, cookies);
  return answer(instance, authRequest, linked, cookies);
}

/** Somebody has signed in for this request: the code to answer it with, or why they may not. */
export async function linkSession(
  instance: Instance,
  authRequest: AuthRequest,
  session: SsoSession,
): Promise<{ code: string } | { refusal: string }> {
  const refusal = refusalOf(instance, authRequest, instance.store.users.get(session.userId));
  if (refusal !== undefined) return { refusal };
  authRequest.session = session;
  authRequest.phase = 'code_added';
  return { code: await instance.opaqueTokens.seal(authRequest.id) };
}

/** Where V1 sends the browser after its pages: to the client, once somebody has signed in. */
export function createV1Callback(instance: Instance): Endpoint {
  return async ({ params }) => {
    const authRequest = instance.sessions.authRequests.get(params.get('id') ?? '');
    if (authRequest?.phase !== 'code_added') return json({ error: 'server_error' }, 400);
    return answer(instance, authRequest, { code: await instance.opaqueTokens.seal(authRequest.id) });
  };
}
