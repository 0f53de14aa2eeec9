// Projects and their roles. zitadel.project.v2.ProjectService; version 1: /management/v1/projects.

import { connectCall, managementCall, plannedId } from './call.ts';
import type { Connection } from './connection.ts';
import { isJson, type Json, readFlag, readList, readText } from './json.ts';

export interface Project {
  readonly id: string;
  readonly name: string;
  /** "Assert roles on authentication" */
  readonly assertsRoles: boolean;
  /** As ZITADEL described it. */
  readonly record: Json;
}

const SERVICE = 'zitadel.project.v2.ProjectService';

/** By id if there is one with it, else by name. */
export async function findProject(connection: Connection, name: string, id?: string): Promise<Project | undefined> {
  const withId = id === undefined ? [] : await listProjects(connection, { inProjectIdsFilter: { ids: [id] } });
  const byId = withId.find((project) => project.id === id);
  return (
    byId ??
    (await listProjects(connection, { projectNameFilter: { projectName: name } })).find((each) => each.name === name)
  );
}

async function listProjects(connection: Connection, filter: object): Promise<readonly Project[]> {
  const all = await connection.list(
    (page) => ({
      service: 'project',
      v2: connectCall(`${SERVICE}/ListProjects`, { pagination: page, filters: [filter] }),
      v1: managementCall('POST', '/projects/_search', { query: page }),
    }),
    (answer) => [...readList(answer, 'projects'), ...readList(answer, 'result')],
  );
  const projects = all.filter(isJson).map((record) => ({
    id: readText(record, 'projectId') || readText(record, 'id'),
    name: readText(record, 'name'),
    assertsRoles: readFlag(record, 'projectRoleAssertion'),
    record,
  }));
  // Version 2 lists whatever the caller may see, in any organisation
  return projects.filter(({ record }) => [connection.organizationId, ''].includes(readText(record, 'organizationId')));
}

export async function createProject(connection: Connection, name: string): Promise<Project> {
  const { organizationId } = connection;
  const answer = await connection.write({
    service: 'project',
    v2: connectCall(`${SERVICE}/CreateProject`, { organizationId, name, projectRoleAssertion: true }),
    v1: managementCall('POST', '/projects', { name, projectRoleAssertion: true }),
  });
  const id = answer ? readText(answer, 'projectId') || readText(answer, 'id') : plannedId(`project ${name}`);
  return { id, name, assertsRoles: true, record: {} };
}

/** Version 1 replaces all settings at once, so the others are said again. */
export async function assertRoles(connection: Connection, { id, name, record }: Project): Promise<void> {
  const { projectRoleCheck, hasProjectCheck, privateLabelingSetting } = record;
  const settings = { name, projectRoleAssertion: true, projectRoleCheck, hasProjectCheck, privateLabelingSetting };
  await connection.write({
    service: 'project',
    v2: connectCall(`${SERVICE}/UpdateProject`, { projectId: id, projectRoleAssertion: true }),
    v1: managementCall('PUT', `/projects/${id}`, settings),
  });
}

export async function listRoles(connection: Connection, projectId: string): Promise<readonly string[]> {
  const all = await connection.list(
    (page) => ({
      service: 'project',
      v2: connectCall(`${SERVICE}/ListProjectRoles`, { projectId, pagination: page }),
      v1: managementCall('POST', `/projects/${projectId}/roles/_search`, { query: page }),
    }),
    (answer) => [...readList(answer, 'projectRoles'), ...readList(answer, 'result')],
  );
  return all.map((role) => readText(role, 'key'));
}

export async function addRole(
  connection: Connection,
  projectId: string,
  roleKey: string,
  displayName: string,
): Promise<void> {
  await connection.write({
    service: 'project',
    v2: connectCall(`${SERVICE}/AddProjectRole`, { projectId, roleKey, displayName }),
    v1: managementCall('POST', `/projects/${projectId}/roles`, { roleKey, displayName }),
  });
}
