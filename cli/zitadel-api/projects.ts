// Projects and their roles. zitadel.project.v2.ProjectService; version 1: /management/v1/projects.

import { hiddenFrom } from './api-error.ts';
import { becomesTrue } from './await-projections.ts';
import { connectCall, managementCall, plannedId } from './call.ts';
import type { Connection, Seen } from './connection.ts';
import { isJson, type Json, readFlag, readList, readText } from './json.ts';

export interface Project {
  readonly id: string;
  readonly name: string;
  /** "Assert roles on authentication" */
  readonly assertsRoles: boolean;
  readonly isActive: boolean;
  /** As ZITADEL described it. */
  readonly record: Json;
}

const SERVICE = 'zitadel.project.v2.ProjectService';

/** By id if there is one with it, else by name. */
export async function findProject(connection: Connection, name: string, id?: string): Promise<Project | undefined> {
  const byId = id === undefined ? undefined : await findProjectById(connection, id);
  if (byId) return byId;
  const { all, hidden } = await listOwn(connection, { projectNameFilter: { projectName: name } });
  const byName = all.find((each) => each.name === name);
  if (!byName && hidden > 0) throw hiddenFrom(hidden, 'the projects');
  return byName;
}

async function findProjectById(connection: Connection, id: string): Promise<Project | undefined> {
  return (await listOwn(connection, { inProjectIdsFilter: { ids: [id] } })).all.find((project) => project.id === id);
}

/** Whether this account sees the project, whosever it is. */
export async function isProjectVisible(connection: Connection, id: string): Promise<boolean> {
  const { all } = await listProjects(connection, { inProjectIdsFilter: { ids: [id] } });
  // Version 1 lists the own organisation's alone, and others' may be granted to it
  return connection.lacks('project') || all.some((project) => project.id === id);
}

async function listProjects(connection: Connection, filter: object): Promise<Seen<Project>> {
  const { all, hidden } = await connection.list(
    'the projects',
    (page) => ({
      service: 'project',
      v2: connectCall(`${SERVICE}/ListProjects`, {
        pagination: page,
        sortingColumn: 'PROJECT_FIELD_NAME_ID',
        filters: [filter],
      }),
      v1: managementCall('POST', '/projects/_search', { query: page }),
    }),
    (answer) => [...readList(answer, 'projects'), ...readList(answer, 'result')],
  );
  const projects = all.filter(isJson).map((record) => ({
    id: readText(record, 'projectId') || readText(record, 'id'),
    name: readText(record, 'name'),
    assertsRoles: readFlag(record, 'projectRoleAssertion'),
    isActive: !readText(record, 'state').endsWith('INACTIVE'),
    record,
  }));
  return { all: projects, hidden };
}

/** Version 2 lists whatever the caller may see, in any organisation. */
async function listOwn(connection: Connection, filter: object): Promise<Seen<Project>> {
  const { all, hidden } = await listProjects(connection, filter);
  const own = all.filter(({ record }) => [connection.organizationId, ''].includes(readText(record, 'organizationId')));
  return { all: own, hidden };
}

export async function createProject(connection: Connection, name: string): Promise<Project> {
  const { organizationId } = connection;
  const answer = await connection.write({
    service: 'project',
    v2: connectCall(`${SERVICE}/CreateProject`, { organizationId, name, projectRoleAssertion: true }),
    v1: managementCall('POST', '/projects', { name, projectRoleAssertion: true }),
  });
  const id = answer ? readText(answer, 'projectId') || readText(answer, 'id') : plannedId(`project ${name}`);
  return { id, name, assertsRoles: true, isActive: true, record: {} };
}

const SETTINGS = [
  'projectRoleCheck',
  'hasProjectCheck',
  'authorizationRequired',
  'projectAccessRequired',
  'privateLabelingSetting',
];

/** What an update does not name may become its default, so the other settings are said again. */
export async function assertRoles(connection: Connection, { id, name, record }: Project): Promise<void> {
  const others = Object.fromEntries(SETTINGS.flatMap((key) => (key in record ? [[key, record[key]]] : [])));
  const settings = { name, ...others, projectRoleAssertion: true };
  await connection.write({
    service: 'project',
    v2: connectCall(`${SERVICE}/UpdateProject`, { projectId: id, ...settings }),
    v1: managementCall('PUT', `/projects/${id}`, settings),
  });
}

/** Until lists show it. */
export const awaitRolesAsserted = (connection: Connection, id: string): Promise<boolean> =>
  becomesTrue(connection, async () => (await findProjectById(connection, id))?.assertsRoles === true);

export async function listRoles(connection: Connection, projectId: string): Promise<readonly string[]> {
  const { all, hidden } = await connection.list(
    'the roles of the project',
    (page) => ({
      service: 'project',
      v2: connectCall(`${SERVICE}/ListProjectRoles`, {
        projectId,
        pagination: page,
        sortingColumn: 'PROJECT_ROLE_FIELD_NAME_KEY',
      }),
      v1: managementCall('POST', `/projects/${projectId}/roles/_search`, { query: page }),
    }),
    (answer) => [...readList(answer, 'projectRoles'), ...readList(answer, 'result')],
  );
  if (hidden > 0) throw hiddenFrom(hidden, 'the roles of the project');
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
