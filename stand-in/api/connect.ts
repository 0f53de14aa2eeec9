// Version 2 of the management API that has no REST paths: project, application and authorization services by Connect.
// Connect protocol, "Unary-Request": POST /{service}/{method} with JSON.

import { assertOwnOrganization } from './caller.ts';
import { APPLICATION_METHODS } from './connect-applications.ts';
import { AUTHORIZATION_METHODS } from './connect-authorizations.ts';
import { INSTANCE_METHODS } from './connect-instance.ts';
import { USER_METHODS } from './connect-users.ts';
import { addProject, addRole, changeProject, deleteProject } from './projects.ts';
import {
  type Body,
  type ConnectMethod,
  filterOf,
  inOrder,
  matchesText,
  pageOf,
  requireText,
  timestamp,
  totals,
} from './wire.ts';

const PROJECT = 'zitadel.project.v2.ProjectService';

const settingsOf = ({ name, projectRoleAssertion, authorizationRequired }: Body) => ({
  name,
  roleAssertion: projectRoleAssertion,
  authorizationRequired,
});

/** They answer whoever is signed on, and hide what the caller may not see. */
export const OPEN_METHODS: readonly string[] = [
  'zitadel.application.v2.ApplicationService/ListApplications',
  'zitadel.authorization.v2.AuthorizationService/ListAuthorizations',
];

export const CONNECT_METHODS: Readonly<Record<string, ConnectMethod>> = {
  ...APPLICATION_METHODS,
  ...AUTHORIZATION_METHODS,
  ...INSTANCE_METHODS,
  ...USER_METHODS,
  [`${PROJECT}/CreateProject`]: (instance, caller, body) => {
    requireText(body, 'organizationId', 'name');
    const project = addProject(instance, assertOwnOrganization(caller, body.organizationId), settingsOf(body));
    return { projectId: project.id, creationDate: timestamp(instance) };
  },
  [`${PROJECT}/UpdateProject`]: (instance, _caller, body) => {
    changeProject(instance, body.projectId, settingsOf(body));
    return { changeDate: timestamp(instance) };
  },
  [`${PROJECT}/DeleteProject`]: (instance, _caller, body) => {
    requireText(body, 'projectId');
    deleteProject(instance, body.projectId);
    return { deletionDate: timestamp(instance) };
  },
  [`${PROJECT}/ListProjects`]: (instance, caller, body) => {
    const { store } = instance;
    const name = filterOf(body, 'projectNameFilter');
    const ids: string[] | undefined = filterOf(body, 'inProjectIdsFilter')?.ids;
    const found = [...store.projects.values()].filter(
      (project) =>
        project.organizationId === caller.organizationId &&
        (name === undefined || matchesText(project.name, name.projectName, name.method)) &&
        (ids === undefined || ids.includes(project.id)),
    );
    const projects = pageOf(inOrder(found, body), body.pagination).map((project) => ({
      projectId: project.id,
      creationDate: timestamp(instance),
      changeDate: timestamp(instance),
      organizationId: project.organizationId,
      name: project.name,
      state: project.active ? 'PROJECT_STATE_ACTIVE' : 'PROJECT_STATE_INACTIVE',
      projectRoleAssertion: project.roleAssertion,
      authorizationRequired: project.authorizationRequired,
    }));
    return { pagination: totals(found, body.pagination), projects };
  },
  [`${PROJECT}/AddProjectRole`]: (instance, _caller, body) => {
    requireText(body, 'projectId', 'roleKey', 'displayName');
    addRole(instance, body.projectId, body.roleKey, body.displayName, body.group);
    return { creationDate: timestamp(instance) };
  },
  [`${PROJECT}/ListProjectRoles`]: ({ store }, _caller, body) => {
    requireText(body, 'projectId');
    const all = [...(store.projects.get(body.projectId)?.roles ?? [])];
    const roles = pageOf(inOrder(all, body), body.pagination).map(([key, role]) => ({
      projectId: body.projectId,
      key,
      ...role,
    }));
    return { pagination: totals(all, body.pagination), projectRoles: roles };
  },
};
