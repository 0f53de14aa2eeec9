// The authorization service of version 2, by Connect.

import { addAuthorization, changeAuthorization, describeAuthorization, removeAuthorization } from './authorizations.ts';
import { assertOwnOrganization, keepVisible } from './caller.ts';
import { findProject } from './projects.ts';
import { type ConnectMethod, filterOf, inOrder, pageOf, requireText, timestamp, totals } from './wire.ts';

const AUTHORIZATION = 'zitadel.authorization.v2.AuthorizationService';

export const AUTHORIZATION_METHODS: Readonly<Record<string, ConnectMethod>> = {
  [`${AUTHORIZATION}/CreateAuthorization`]: (instance, caller, body) => {
    requireText(body, 'userId', 'projectId', 'organizationId');
    const { userId, projectId } = body;
    const organizationId = assertOwnOrganization(caller, body.organizationId);
    const { id } = addAuthorization(instance, { userId, projectId, organizationId }, body.roleKeys ?? []);
    return { id, creationDate: timestamp(instance) };
  },
  [`${AUTHORIZATION}/UpdateAuthorization`]: (instance, _caller, body) => {
    requireText(body, 'id');
    changeAuthorization(instance, body.id, body.roleKeys ?? []);
    return { changeDate: timestamp(instance) };
  },
  [`${AUTHORIZATION}/DeleteAuthorization`]: (instance, _caller, body) => {
    requireText(body, 'id');
    return removeAuthorization(instance, body.id) ? { deletionDate: timestamp(instance) } : {};
  },
  [`${AUTHORIZATION}/ListAuthorizations`]: (instance, caller, body) => {
    const users: string[] | undefined = filterOf(body, 'inUserIds')?.ids;
    const projectId = filterOf(body, 'projectId')?.id;
    if (projectId !== undefined) findProject(instance.store, projectId);
    const found = [...instance.store.authorizations.values()].filter(
      (each) => (users?.includes(each.userId) ?? true) && (projectId === undefined || each.projectId === projectId),
    );
    const page = pageOf(inOrder(found, body), body.pagination);
    const authorizations = keepVisible(instance, caller, page, ({ userId }) => userId === caller.id).map((each) => {
      const { user, project, organization, userLoginName, displayName, roles } = describeAuthorization(instance, each);
      return {
        id: each.id,
        creationDate: timestamp(instance),
        changeDate: timestamp(instance),
        project: { id: project.id, name: project.name, organizationId: project.organizationId },
        organization: { id: each.organizationId, name: organization?.name },
        user: { id: user.id, preferredLoginName: userLoginName, displayName, organizationId: user.organizationId },
        state: each.active ? 'STATE_ACTIVE' : 'STATE_INACTIVE',
        roles,
      };
    });
    return { pagination: totals(found, body.pagination), authorizations };
  },
};
