// Version 1 of the management API: what version 2 calls authorizations are "user grants" here.

import type { Instance } from '../instance.ts';
import {
  type Authorization,
  addAuthorization,
  changeAuthorization,
  describeAuthorization,
  removeAuthorization,
} from './authorizations.ts';
import { ApiFault } from './errors.ts';
import type { RestMethod } from './rest.ts';
import { type Body, detailsOf, pageOf, requireText, timestamp } from './wire.ts';

const at = (path: string) => new RegExp(`^/management/v1/users${path}$`);

function writeGrant(instance: Instance, grant: Authorization) {
  const { user, project, userLoginName, displayName } = describeAuthorization(instance, grant);
  return {
    id: grant.id,
    userId: user.id,
    roleKeys: grant.roleKeys,
    state: grant.active ? 'USER_GRANT_STATE_ACTIVE' : 'USER_GRANT_STATE_INACTIVE',
    userName: user.username,
    preferredLoginName: userLoginName,
    displayName,
    orgId: grant.organizationId,
    projectId: project.id,
    projectName: project.name,
  };
}

export const GRANT_METHODS: readonly RestMethod[] = [
  {
    method: 'POST',
    path: at('/(\\d+)/grants'),
    run: (instance, { organizationId }, { body, path: [userId = ''] }) => {
      requireText(body, 'projectId');
      const given = { userId, projectId: body.projectId, organizationId };
      const { id } = addAuthorization(instance, given, body.roleKeys ?? []);
      return { userGrantId: id, details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'PUT',
    path: at('/(\\d+)/grants/(\\d+)'),
    run: (instance, { organizationId }, { body, path: [, id = ''] }) => {
      const isChanged = changeAuthorization(instance, id, body.roleKeys ?? []);
      if (!isChanged) throw new ApiFault('failed_precondition', 'Errors.UserGrant.NotChanged', 'COMMAND-Rs8fy');
      return { details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'DELETE',
    path: at('/(\\d+)/grants/(\\d+)'),
    run: (instance, { organizationId }, { path: [, id = ''] }) => {
      if (!removeAuthorization(instance, id))
        throw new ApiFault('not_found', 'Errors.UserGrant.NotFound', 'COMMAND-1My0t');
      return { details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'POST',
    path: at('/grants/_search'),
    run: (instance, _caller, { body }) => {
      const queries: Body[] = body.queries ?? [];
      const userId = queries.find(({ userIdQuery }) => userIdQuery)?.userIdQuery.userId;
      const projectId = queries.find(({ projectIdQuery }) => projectIdQuery)?.projectIdQuery.projectId;
      const found = [...instance.store.authorizations.values()].filter(
        (each) => (userId ?? each.userId) === each.userId && (projectId ?? each.projectId) === each.projectId,
      );
      const result = pageOf(found, body.query).map((grant) => writeGrant(instance, grant));
      return { details: { totalResult: String(found.length), viewTimestamp: timestamp(instance) }, result };
    },
  },
];
