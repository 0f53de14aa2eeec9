// The project with its roles, and the applications in it: found, or made, or brought to what is wanted.

import { CommandError } from '../support/failure.ts';
import { ApiError } from '../zitadel-api/api-error.ts';
import type { Application } from '../zitadel-api/applications.ts';
import {
  changeOidcApplication,
  createApiApplication,
  createOidcApplication,
  listApplications,
} from '../zitadel-api/applications.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import { findOrCreate } from '../zitadel-api/find-or-create.ts';
import { addRole, assertRoles, createProject, findProject, listRoles, type Project } from '../zitadel-api/projects.ts';
import type { Journal } from './journal.ts';
import { type Addresses, createWebConfiguration, findWebChanges, type RoleWanted } from './wanted.ts';

export async function provideProject(
  connection: Connection,
  journal: Journal,
  name: string,
  id: string | undefined,
): Promise<Project> {
  const { thing: project, isMade } = await findOrCreate(
    connection,
    `the project ${name}`,
    () => findProject(connection, name, id),
    () => createProject(connection, name),
  );
  if (!isMade && !project.assertsRoles) {
    await assertRoles(connection, project);
    journal.add({
      outcome: 'changed',
      what: 'project',
      name: project.name,
      id: project.id,
      detail: 'asserts roles now',
    });
  } else journal.add({ outcome: isMade ? 'made' : 'kept', what: 'project', name: project.name, id: project.id });
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
  return [...new Set([...known, ...roles.map(({ key }) => key)])];
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
    if (cause instanceof ApiError && cause.kind === 'exists') return false;
    throw cause;
  }
}

export async function provideWebApplication(
  connection: Connection,
  journal: Journal,
  {
    projectId,
    name,
    clientId,
    addresses,
  }: { projectId: string; name: string; clientId: string | undefined; addresses: Addresses },
): Promise<Application> {
  const wanted = createWebConfiguration(addresses);
  const { thing: application, isMade } = await findOrCreate(
    connection,
    `the application ${name}`,
    () => findApplication(connection, projectId, name, 'oidc', clientId),
    () => createOidcApplication(connection, projectId, name, wanted),
  );
  const common = { what: 'web application', name: application.name, id: application.clientId };
  const changes = isMade ? {} : findWebChanges(application.configuration, wanted);
  const names = Object.keys(changes);
  if (names.length > 0) await changeOidcApplication(connection, projectId, application, changes);
  if (isMade) journal.add({ ...common, outcome: 'made' });
  else if (names.length > 0) journal.add({ ...common, outcome: 'changed', detail: names.join(', ') });
  else journal.add({ ...common, outcome: 'kept' });
  if (!isMade) adviseOn(application, addresses, journal);
  return application;
}

function adviseOn({ name, configuration }: Application, { callback }: Addresses, journal: Journal): void {
  // BASIC is the enum's zero value, which is left out
  const method = configuration['authMethodType'] ?? 'OIDC_AUTH_METHOD_TYPE_BASIC';
  if (method === 'OIDC_AUTH_METHOD_TYPE_PRIVATE_KEY_JWT')
    journal.advise(`the application ${name} signs in with a key: set ZITADEL_CLIENT_KEY`);
  else if (method !== 'OIDC_AUTH_METHOD_TYPE_NONE')
    journal.advise(`the application ${name} has a client secret: set ZITADEL_CLIENT_SECRET`);
  if (configuration['developmentMode'] === true && callback.startsWith('https:'))
    journal.advise(
      `the application ${name} is in development mode, which takes wildcards in redirect URIs: switch it off if nobody needs it`,
    );
}

export async function provideApiApplication(
  connection: Connection,
  journal: Journal,
  projectId: string,
  name: string,
): Promise<Application> {
  const { thing: application, isMade } = await findOrCreate(
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
  return application;
}

/** By client id if there is one with it, else by name; of the kind that is wanted. */
async function findApplication(
  connection: Connection,
  projectId: string,
  name: string,
  kind: Application['kind'],
  clientId?: string,
): Promise<Application | undefined> {
  const all = (await listApplications(connection, projectId)).filter((each) => each.kind === kind);
  return all.find((each) => each.clientId === clientId) ?? all.find((each) => each.name === name);
}
