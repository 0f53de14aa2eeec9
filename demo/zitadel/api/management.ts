// Version 1 of the management API, deprecated and still there: projects and roles. Its updates replace all settings.
// The rest of it is in management-applications.ts, -users.ts and -grants.ts.

import { keepListed } from './control.ts';
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
      assertChanged(changeProject(instance, id, settingsOf(body)));
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
      const listed = keepListed(instance.store, found, ({ id }) => id);
      const result = pageOf(listed, body.query).map((project) => ({
        id: project.id,
        details: detailsOf(instance, organizationId),
        name: project.name,
        state: 'PROJECT_STATE_ACTIVE',
        projectRoleAssertion: project.roleAssertion,
        projectRoleCheck: project.authorizationRequired,
      }));
      return { details: { totalResult: String(listed.length) }, result };
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
      const listed = keepListed(store, [...(store.projects.get(id)?.roles ?? [])], ([key]) => `${id}:${key}`);
      const result = pageOf(listed, body.query).map(([key, role]) => ({ key, ...role }));
      return { details: { totalResult: String(listed.length) }, result };
    },
  },
];
