// Version 1 of the management API, deprecated and still there: projects and roles. Its updates replace all settings.
// The rest of it is in management-applications.ts, management-users.ts and management-grants.ts.

import { APPLICATION_METHODS } from './management-applications.ts';
import { GRANT_METHODS } from './management-grants.ts';
import { USER_METHODS } from './management-users.ts';
import { addProject, addRole, changeProject } from './projects.ts';
import type { RestMethod } from './rest.ts';
import { assertChanged, type Body, detailsOf, pageOf, requireText } from './wire.ts';

const settingsOf = ({ name, projectRoleAssertion = false, projectRoleCheck = false }: Body) => ({
  name,
  roleAssertion: projectRoleAssertion,
  authorizationRequired: projectRoleCheck,
});

const at = (path: string) => new RegExp(`^/management/v1${path}$`);

export const MANAGEMENT_METHODS: readonly RestMethod[] = [
  ...APPLICATION_METHODS,
  ...GRANT_METHODS,
  ...USER_METHODS,
  {
    method: 'POST',
    path: at('/projects'),
    run: (instance, { organizationId }, { body }) => {
      requireText(body, 'name');
      const { id } = addProject(instance, organizationId, settingsOf(body));
      return { id, details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'PUT',
    path: at('/projects/(\\d+)'),
    run: (instance, { organizationId }, { body, path: [id = ''] }) => {
      assertChanged(changeProject(instance, id, settingsOf(body)), 'COMMAND-2M0fs');
      return { details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'POST',
    path: at('/projects/_search'),
    run: (instance, { organizationId }, { body }) => {
      const name = body.queries?.[0]?.nameQuery?.name;
      const found = [...instance.store.projects.values()].filter(
        (project) => project.organizationId === organizationId && (name === undefined || project.name === name),
      );
      const result = pageOf(found, body.query).map((project) => ({
        id: project.id,
        details: detailsOf(instance, organizationId),
        name: project.name,
        state: project.active ? 'PROJECT_STATE_ACTIVE' : 'PROJECT_STATE_INACTIVE',
        projectRoleAssertion: project.roleAssertion,
        projectRoleCheck: project.authorizationRequired,
      }));
      return { details: { totalResult: String(found.length) }, result };
    },
  },
  {
    method: 'POST',
    path: at('/projects/(\\d+)/roles'),
    run: (instance, { organizationId }, { body, path: [id = ''] }) => {
      requireText(body, 'roleKey', 'displayName');
      addRole(instance, id, body.roleKey, body.displayName, body.group);
      return { details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'POST',
    path: at('/projects/(\\d+)/roles/_search'),
    run: ({ store }, _caller, { body, path: [id = ''] }) => {
      const all = [...(store.projects.get(id)?.roles ?? [])];
      const result = pageOf(all, body.query).map(([key, role]) => ({ key, ...role }));
      return { details: { totalResult: String(all.length) }, result };
    },
  },
];
