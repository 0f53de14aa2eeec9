// Gives and takes roles, so that a second time changes nothing. Only what the own organisation granted is touched.

import {
  type Authorization,
  changeAuthorization,
  createAuthorization,
  deleteAuthorization,
  listAuthorizations,
} from './authorizations.ts';
import type { Connection } from './connection.ts';
import { findOrCreate } from './find-or-create.ts';

/** The roles that were not there before. */
export async function grantRoles(
  connection: Connection,
  projectId: string,
  userId: string,
  roles: readonly string[],
): Promise<readonly string[]> {
  const find = () => findOwn(connection, projectId, userId);
  const create = async () => {
    await createAuthorization(connection, projectId, userId, roles);
    return { id: '', userId, organizationId: connection.organizationId, roles, isActive: true };
  };
  const { thing: existing, isMade } = await findOrCreate(connection, 'the user’s authorization', find, create);
  if (isMade) return roles;
  const missing = roles.filter((role) => !existing.roles.includes(role));
  if (missing.length > 0) await changeAuthorization(connection, existing, [...existing.roles, ...missing]);
  return missing;
}

/** The roles that are gone now. */
export async function revokeRoles(
  connection: Connection,
  projectId: string,
  userId: string,
  roles: readonly string[] | 'all',
): Promise<readonly string[]> {
  const existing = await findOwn(connection, projectId, userId);
  if (!existing) return [];
  const taken = existing.roles.filter((role) => roles === 'all' || roles.includes(role));
  const left = existing.roles.filter((role) => !taken.includes(role));
  if (taken.length === 0) return [];
  if (left.length === 0) await deleteAuthorization(connection, existing);
  else await changeAuthorization(connection, existing, left);
  return taken;
}

async function findOwn(connection: Connection, projectId: string, userId: string): Promise<Authorization | undefined> {
  const all = await listAuthorizations(connection, projectId, userId);
  return all.find(({ organizationId }) => organizationId === connection.organizationId);
}
