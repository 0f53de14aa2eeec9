// The session and OIDC services of version 2, by which a login page of one's own signs people in; and organisations.
// /v2/sessions, /v2/oidc/auth_requests, /v2/organizations.

import { answer, refuse } from '../authorize-response.ts';
import type { Instance } from '../instance.ts';
import { linkSession } from '../login.ts';
import { OAuthError } from '../respond.ts';
import { createSsoSession } from '../session-cookie.ts';
import { type AuthRequest, terminateSession } from '../sessions.ts';
import { findUserByLoginName, type User } from '../store.ts';
import { isAdministrator, noPermission } from './caller.ts';
import { apiControl } from './control.ts';
import { ApiFault } from './errors.ts';
import type { RestMethod } from './rest.ts';
import { userNotFound } from './users.ts';
import { type Body, detailsOf, requireText } from './wire.ts';

const INSTANCE_OWNER = '249703000000000000';

const changed = (instance: Instance) => {
  const { sequence, changeDate, resourceOwner } = detailsOf(instance, INSTANCE_OWNER);
  return { details: { sequence, changeDate, resourceOwner } };
};

async function createSession(instance: Instance, { checks }: Body): Promise<object> {
  const { loginName = '', userId = '' } = checks?.user ?? {};
  const user = instance.store.users.get(userId) ?? findUserByLoginName(instance.store, loginName);
  if (user?.kind !== 'human') throw userNotFound();
  const known = apiControl(instance.written).passwords.get(user.id)?.password;
  if (known === undefined || checks.password?.password !== known)
    throw new ApiFault('invalid_argument', 'Errors.User.Password.Invalid', 'COMMAND-3M0fs');
  const { id, secret } = createSsoSession(instance, user, ['pwd']);
  return { ...changed(instance), sessionId: id, sessionToken: await instance.opaqueTokens.seal(`${id}.${secret}`) };
}

function findAuthRequest({ sessions }: Instance, id: string): AuthRequest {
  const authRequest = sessions.authRequests.get(id);
  if (authRequest?.loginVersion !== 'v2')
    throw new ApiFault('not_found', 'Errors.AuthRequest.NotExisting', 'QUERY-Thee9');
  return authRequest;
}

function describeAuthRequest({ id, clientId, scope, redirectUri, ...rest }: AuthRequest): object {
  return {
    id,
    creationDate: new Date(rest.createdAt * 1000).toISOString(),
    clientId,
    scope,
    redirectUri,
    prompt: rest.prompt.map((prompt) => `PROMPT_${prompt.toUpperCase()}`),
    uiLocales: rest.uiLocales,
    loginHint: rest.loginHint ?? undefined,
    maxAge: rest.maxAge === undefined ? undefined : `${rest.maxAge}s`,
  };
}

/** A login page needs the permission to link sessions; who has none may not even fail a request. */
async function answerAuthRequest(instance: Instance, caller: User, id: string, body: Body): Promise<object> {
  if (!isAdministrator(instance, caller)) throw noPermission('AUTH-AWfge');
  const authRequest = findAuthRequest(instance, id);
  if (authRequest.phase !== 'added')
    throw new ApiFault('failed_precondition', 'Errors.AuthRequest.AlreadyHandled', 'COMMAND-Sx208nt');
  const response = body.error
    ? await refuse(instance, authRequest, toOAuthError(body.error))
    : await answer(instance, authRequest, await link(instance, authRequest, body.session));
  return { ...changed(instance), callbackUrl: response.headers.get('location') };
}

const toOAuthError = ({ error, errorDescription }: Body) =>
  new OAuthError(error.replace('ERROR_REASON_', '').toLowerCase(), errorDescription);

async function link(instance: Instance, authRequest: AuthRequest, { sessionId, sessionToken }: Body) {
  const session = instance.sessions.sso.get(sessionId);
  const proof = await instance.opaqueTokens.unseal(String(sessionToken));
  if (!session || session.isTerminated || proof !== `${session.id}.${session.secret}`)
    throw new ApiFault('permission_denied', 'Errors.Session.Token.Invalid', 'COMMAND-sGr42');
  const linked = await linkSession(instance, authRequest, session);
  if ('refusal' in linked) throw new ApiFault('permission_denied', linked.refusal, 'OIDC-foSyH49RvL');
  return linked;
}

export const SESSION_METHODS: readonly RestMethod[] = [
  {
    method: 'POST',
    path: /^\/v2\/sessions$/,
    status: 201,
    run: (instance, _caller, { body }) => createSession(instance, body),
  },
  {
    method: 'DELETE',
    path: /^\/v2\/sessions\/(\d+)$/,
    run: (instance, _caller, { path: [id = ''], issuer }) => {
      const session = instance.sessions.sso.get(id);
      if (!session) throw new ApiFault('not_found', 'Errors.Session.NotExisting', 'COMMAND-Flk38');
      terminateSession(instance, session, issuer);
      return changed(instance);
    },
  },
  {
    method: 'GET',
    path: /^\/v2\/oidc\/auth_requests\/(\w+)$/,
    run: (instance, _caller, { path: [id = ''] }) => ({
      authRequest: describeAuthRequest(findAuthRequest(instance, id)),
    }),
  },
  {
    method: 'POST',
    path: /^\/v2\/oidc\/auth_requests\/(\w+)$/,
    isOpen: true,
    run: (instance, caller, { body, path: [id = ''] }) => answerAuthRequest(instance, caller, id, body),
  },
  {
    method: 'POST',
    path: /^\/v2\/organizations$/,
    status: 201,
    run: (instance, _caller, { body }) => {
      requireText(body, 'name');
      const id = instance.nextId();
      const primaryDomain = `${body.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.zitadel.example`;
      instance.projections.keep('organizations', id);
      instance.written.organizations.set(id, { id, name: body.name, primaryDomain });
      return { details: { ...changed(instance).details, resourceOwner: id }, organizationId: id };
    },
  },
];
