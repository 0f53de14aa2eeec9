// The project with its roles, and the API application in it: found, or made, or brought to what is wanted.

import { CommandError } from '../support/failure.ts';
import { isApiError } from '../zitadel-api/api-error.ts';
import { type Application, createApiApplication } from '../zitadel-api/applications.ts';
import { becomesTrue } from '../zitadel-api/await-projections.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import { findOrCreate } from '../zitadel-api/find-or-create.ts';
import {
  addRole,
  assertRoles,
  awaitRolesAsserted,
  createProject,
  findProject,
  listRoles,
  type Project,
} from '../zitadel-api/projects.ts';
import type { Journal } from './journal.ts';
import { adviseIfInactive, findApplication } from './provide-web-application.ts';
import type { RoleWanted } from './wanted.ts';

export async function provideProject(
  connection: Connection,
  journal: Journal,
  name: string,
  id: string | undefined,
): Promise<Project> {
  const {
    thing: project,
    isMade,
    listed,
  } = await findOrCreate(
    connection,
    `the project ${name}`,
    () => findProject(connection, name, id),
    () => createProject(connection, name),
  );
  if (!isMade && !project.assertsRoles) {
    journal.announce(`project ${project.name}`, [{ field: 'projectRoleAssertion', from: 'false', to: 'true' }]);
    await assertRoles(connection, project);
    journal.add({
      outcome: 'changed',
      what: 'project',
      name: project.name,
      id: project.id,
      detail: 'asserts roles now',
    });
    await awaitRolesAsserted(connection, project.id);
  } else journal.add({ outcome: isMade ? 'made' : 'kept', what: 'project', name: project.name, id: project.id });
  if (isMade) await listed();
  adviseIfInactive(journal, `the project ${project.name}`, project);
  return project;
}

/** Names of existing roles are somebody's choice and stay. Returns the keys of all. */
export async function provideRoles(
  connection: Connection,
  journal: Journal,
  projectId: string,
  roles: readonly RoleWanted[],
): Promise<readonly string[]> {
  const known = await listRoles(connection, projectId);
  for (const { key, displayName } of roles) {
    const isMade = !known.includes(key) && (await tryAddRole(connection, projectId, key, displayName));
    journal.add({ outcome: isMade ? 'made' : 'kept', what: 'role', name: key });
  }
  const all = [...new Set([...known, ...roles.map(({ key }) => key)])];
  if (all.length > known.length)
    await becomesTrue(connection, async () => {
      const listed = await listRoles(connection, projectId);
      return all.every((key) => listed.includes(key));
    });
  return all;
}

/** False if it was there all the same: the list may lag behind. */
async function tryAddRole(
  connection: Connection,
  projectId: string,
  key: string,
  displayName: string,
): Promise<boolean> {
  try {
    await addRole(connection, projectId, key, displayName);
    return true;
  } catch (cause) {
    if (isApiError(cause, 'exists')) return false;
    throw cause;
  }
}

export async function provideApiApplication(
  connection: Connection,
  journal: Journal,
  projectId: string,
  name: string,
): Promise<Application> {
  const {
    thing: application,
    isMade,
    listed,
  } = await findOrCreate(
    connection,
    `the application ${name}`,
    () => findApplication(connection, projectId, name, 'api'),
    () => createApiApplication(connection, projectId, name),
  );
  if (!isMade && application.configuration['authMethodType'] !== 'API_AUTH_METHOD_TYPE_PRIVATE_KEY_JWT') {
    throw new CommandError(`the API application ${name} signs in with a secret, not with a key`, {
      hints: ['change it to Private Key JWT in ZITADEL’s console, or give it another name and run this again'],
    });
  }
  journal.add({ outcome: isMade ? 'made' : 'kept', what: 'API application', name, id: application.clientId });
  if (isMade) await listed();
  adviseIfInactive(journal, `the API application ${name}`, application);
  return application;
}
