// The ends of users and of what is theirs: deactivated and active again, deleted; and which organisations there are.
// /v2/users/{id}, /v2/organizations/_search.

import type { Instance } from '../instance.ts';
import { terminateSession } from '../sessions.ts';
import type { User } from '../store.ts';
import { ApiFault } from './errors.ts';
import type { RestMethod } from './rest.ts';
import { findUser } from './users.ts';
import { detailsOf, pageOf } from './wire.ts';

function changeState(instance: Instance, id: string, state: User['state'], errorId: string): object {
  const user = findUser(instance.written, id);
  if (user.state === state)
    throw new ApiFault(
      'failed_precondition',
      `Errors.User.Already${state === 'active' ? 'Active' : 'Inactive'}`,
      errorId,
    );
  instance.projections.keep('users', id);
  user.state = state;
  return { details: detailsOf(instance, user.organizationId) };
}

function deleteUser(instance: Instance, id: string, issuer: string): object {
  const { written, sessions, projections } = instance;
  const { organizationId } = findUser(written, id);
  for (const session of sessions.sso.values()) if (session.userId === id) terminateSession(instance, session, issuer);
  for (const grant of written.authorizations.values()) {
    if (grant.userId !== id) continue;
    projections.keep('authorizations', grant.id);
    written.authorizations.delete(grant.id);
  }
  projections.keep('users', id);
  written.users.delete(id);
  return { details: detailsOf(instance, organizationId) };
}

export const LIFE_METHODS: readonly RestMethod[] = [
  {
    method: 'POST',
    path: /^\/v2\/users\/(\d+)\/deactivate$/,
    run: (instance, _caller, { path: [id = ''] }) => changeState(instance, id, 'inactive', 'COMMAND-5M0sf'),
  },
  {
    method: 'POST',
    path: /^\/v2\/users\/(\d+)\/reactivate$/,
    run: (instance, _caller, { path: [id = ''] }) => changeState(instance, id, 'active', 'COMMAND-6M0sf'),
  },
  {
    method: 'DELETE',
    path: /^\/v2\/users\/(\d+)$/,
    run: (instance, _caller, { path: [id = ''], issuer }) => deleteUser(instance, id, issuer),
  },
  {
    method: 'DELETE',
    path: /^\/v2\/users\/(\d+)\/pats\/(\d+)$/,
    isNew: true,
    run: ({ written, projections }, _caller, { path: [, tokenId = ''] }) => {
      projections.keep('personalAccessTokens', tokenId);
      if (!written.personalAccessTokens.delete(tokenId))
        throw new ApiFault('not_found', 'Errors.User.PAT.NotFound', 'COMMAND-PAT01');
      return {};
    },
  },
  {
    method: 'POST',
    path: /^\/v2\/organizations\/_search$/,
    run: (instance, _caller, { body }) => {
      const all = [...instance.store.organizations.values()];
      const result = pageOf(all, body.query).map((each) => ({ ...each, state: 'ORGANIZATION_STATE_ACTIVE' }));
      return { details: { totalResult: String(all.length) }, result };
    },
  },
];
