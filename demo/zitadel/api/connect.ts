// Version 2 of the management API that has no REST paths: project, application and authorization services by Connect.
// Connect protocol, "Unary-Request": POST /{service}/{method} with JSON.

import { createApplicationKey } from '../application-key.ts';
import {
  addApplication,
  changeApplication,
  findApplication,
  readApi,
  readOidc,
  writeApi,
  writeOidc,
} from './applications.ts';
import { assertOwnOrganization } from './caller.ts';
import { AUTHORIZATION_METHODS } from './connect-authorizations.ts';
import { keepListed } from './control.ts';
import { secondsOf } from './dates.ts';
import { addProject, addRole, changeProject } from './projects.ts';
import { type Body, type ConnectMethod, filterOf, pageOf, requireText, timestamp, totals } from './wire.ts';

const PROJECT = 'zitadel.project.v2.ProjectService';
const APPLICATION = 'zitadel.application.v2.ApplicationService';

const settingsOf = ({ name, projectRoleAssertion, authorizationRequired }: Body) => ({
  name,
  roleAssertion: projectRoleAssertion,
  authorizationRequired,
});

export const CONNECT_METHODS: Readonly<Record<string, ConnectMethod>> = {
  ...AUTHORIZATION_METHODS,
  [`${PROJECT}/CreateProject`]: (instance, caller, body) => {
    requireText(body, 'organizationId', 'name');
    const project = addProject(instance, assertOwnOrganization(caller, body.organizationId), settingsOf(body));
    return { projectId: project.id, creationDate: timestamp(instance) };
  },
  [`${PROJECT}/UpdateProject`]: (instance, _caller, body) => {
    changeProject(instance, body.projectId, settingsOf(body));
    return { changeDate: timestamp(instance) };
  },
  [`${PROJECT}/ListProjects`]: ({ store }, caller, body) => {
    const name = filterOf(body, 'projectNameFilter')?.projectName;
    const ids: string[] | undefined = filterOf(body, 'inProjectIdsFilter')?.ids;
    const found = [...store.projects.values()].filter(
      (project) =>
        project.organizationId === caller.organizationId &&
        (name === undefined || project.name === name) &&
        (ids === undefined || ids.includes(project.id)),
    );
    const listed = keepListed(store, found, ({ id }) => id);
    const projects = pageOf(listed, body.pagination).map((project) => ({
      projectId: project.id,
      organizationId: project.organizationId,
      name: project.name,
      state: project.active ? 'PROJECT_STATE_ACTIVE' : 'PROJECT_STATE_INACTIVE',
      projectRoleAssertion: project.roleAssertion,
      authorizationRequired: project.authorizationRequired,
    }));
    return { pagination: totals(listed), projects };
  },
  [`${PROJECT}/AddProjectRole`]: (instance, _caller, body) => {
    requireText(body, 'projectId', 'roleKey', 'displayName');
    addRole(instance, body.projectId, body.roleKey, body.displayName, body.group);
    return { creationDate: timestamp(instance) };
  },
  [`${PROJECT}/ListProjectRoles`]: ({ store }, _caller, body) => {
    requireText(body, 'projectId');
    const all = [...(store.projects.get(body.projectId)?.roles ?? [])];
    const listed = keepListed(store, all, ([key]) => `${body.projectId}:${key}`);
    const roles = pageOf(listed, body.pagination).map(([key, role]) => ({ projectId: body.projectId, key, ...role }));
    return { pagination: totals(listed), projectRoles: roles };
  },

  [`${APPLICATION}/CreateApplication`]: (instance, _caller, body) => {
    requireText(body, 'projectId', 'name');
    const { projectId, name, oidcConfiguration, apiConfiguration } = body;
    const kind = oidcConfiguration ? 'oidc' : 'api';
    const settings = oidcConfiguration ? readOidc(oidcConfiguration) : readApi(apiConfiguration ?? {});
    const { id, clientId, clientSecret } = addApplication(instance, { projectId, name, kind }, settings);
    const made = { clientId, clientSecret };
    const configuration = kind === 'oidc' ? { oidcConfiguration: made } : { apiConfiguration: made };
    return { applicationId: id, creationDate: timestamp(instance), ...configuration };
  },
  [`${APPLICATION}/UpdateApplication`]: (instance, _caller, body) => {
    requireText(body, 'projectId', 'applicationId');
    const application = findApplication(instance, body.projectId, body.applicationId);
    const { oidcConfiguration, apiConfiguration } = body;
    const settings = oidcConfiguration ? readOidc(oidcConfiguration) : readApi(apiConfiguration ?? {});
    changeApplication(instance, application, { ...settings, ...(body.name && { name: body.name }) });
    return { changeDate: timestamp(instance) };
  },
  [`${APPLICATION}/ListApplications`]: ({ store }, _caller, body) => {
    const projectId = filterOf(body, 'projectIdFilter')?.projectId;
    const name = filterOf(body, 'nameFilter')?.name;
    const found = [...store.applications.values()].filter(
      (item) => (projectId === undefined || item.projectId === projectId) && (name === undefined || item.name === name),
    );
    const listed = keepListed(store, found, ({ id }) => id);
    const applications = pageOf(listed, body.pagination).map((item) => ({
      applicationId: item.id,
      name: item.name,
      state: item.active ? 'APPLICATION_STATE_ACTIVE' : 'APPLICATION_STATE_INACTIVE',
      ...(item.kind === 'oidc' ? { oidcConfiguration: writeOidc(item) } : { apiConfiguration: writeApi(item) }),
    }));
    return { applications, pagination: totals(listed) };
  },
  [`${APPLICATION}/CreateApplicationKey`]: async (instance, _caller, body) => {
    requireText(body, 'projectId', 'applicationId');
    const { id } = findApplication(instance, body.projectId, body.applicationId);
    const file = await createApplicationKey(instance, id, secondsOf(body.expirationDate));
    return { keyId: file.keyId, creationDate: timestamp(instance), keyDetails: btoa(JSON.stringify(file)) };
  },
};
