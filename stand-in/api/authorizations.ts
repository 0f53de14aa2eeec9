// Authorizations ("user grants" in version 1): which roles a user has on a project. What changes here counts at once.

import type { Instance } from '../instance.ts';
import { loginName, type Store } from '../store.ts';
import { ApiFault } from './errors.ts';
import { findProject } from './projects.ts';
import { findUser } from './users.ts';

export type Authorization = Store['authorizations'] extends Map<string, infer Item> ? Item : never;

function assertRoles({ written: store }: Instance, projectId: string, roleKeys: readonly string[]): void {
  const { roles } = findProject(store, projectId);
  if (roleKeys.every((key) => roles.has(key))) return;
  throw new ApiFault('failed_precondition', 'Errors.Project.Role.NotFound', 'COMMAND-mm9F4');
}

export function addAuthorization(
  instance: Instance,
  given: Pick<Authorization, 'userId' | 'projectId' | 'organizationId'>,
  roleKeys: readonly string[],
): Authorization {
  const { written: store, nextId, projections } = instance;
  findUser(store, given.userId);
  assertRoles(instance, given.projectId, roleKeys);
  const isTaken = [...store.authorizations.values()].some(
    ({ userId, projectId, organizationId }) =>
      userId === given.userId && projectId === given.projectId && organizationId === given.organizationId,
  );
  if (isTaken) throw new ApiFault('already_exists', 'Errors.UserGrant.AlreadyExists', 'V3-DKcYh');
  const authorization = { id: nextId(), ...given, roleKeys: [...roleKeys], active: true };
  projections.keep('authorizations', authorization.id);
  store.authorizations.set(authorization.id, authorization);
  return authorization;
}

/** Whether anything is different now. */
export function changeAuthorization(instance: Instance, id: string, roleKeys: readonly string[]): boolean {
  const authorization = instance.written.authorizations.get(id);
  if (!authorization) throw new ApiFault('not_found', 'Errors.UserGrant.NotFound', 'COMMAND-M0sd3');
  assertRoles(instance, authorization.projectId, roleKeys);
  const isSame = JSON.stringify(authorization.roleKeys) === JSON.stringify(roleKeys);
  instance.projections.keep('authorizations', id);
  authorization.roleKeys = [...roleKeys];
  return !isSame;
}

/** Whether there was one. */
export function removeAuthorization({ written, projections }: Instance, id: string): boolean {
  if (written.authorizations.has(id)) projections.keep('authorizations', id);
  return written.authorizations.delete(id);
}

export function describeAuthorization({ store }: Instance, authorization: Authorization) {
  const user = findUser(store, authorization.userId);
  const project = findProject(store, authorization.projectId);
  const organization = store.organizations.get(authorization.organizationId);
  return {
    user,
    project,
    organization,
    userLoginName: loginName(store, user),
    // A service account has none
    displayName: user.kind === 'human' ? user.displayName : undefined,
    roles: authorization.roleKeys.map((key) => ({ key, ...project.roles.get(key) })),
  };
}
