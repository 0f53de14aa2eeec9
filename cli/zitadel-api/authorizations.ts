// Who has which roles on a project. zitadel.authorization.v2.AuthorizationService; version 1 calls them user grants.

import { connectCall, managementCall } from './call.ts';
import type { Connection, Seen } from './connection.ts';
import { readList, readText, readTexts } from './json.ts';

export interface Authorization {
  readonly id: string;
  readonly userId: string;
  readonly loginName: string;
  /** Of people; service accounts have none. */
  readonly displayName: string;
  /** The organisation that grants. */
  readonly organizationId: string;
  readonly roles: readonly string[];
  readonly isActive: boolean;
}

const SERVICE = 'zitadel.authorization.v2.AuthorizationService';

/** On the project; of one user, or of all. */
export async function listAuthorizations(
  connection: Connection,
  projectId: string,
  userId?: string,
): Promise<Seen<Authorization>> {
  const ofUser = userId !== undefined;
  const { all, hidden } = await connection.list(
    'the authorizations',
    (page) => ({
      service: 'authorization',
      v2: connectCall(`${SERVICE}/ListAuthorizations`, {
        pagination: page,
        sortingColumn: 'AUTHORIZATION_FIELD_NAME_ID',
        filters: [{ projectId: { id: projectId } }, ...(ofUser ? [{ inUserIds: { ids: [userId] } }] : [])],
      }),
      v1: managementCall('POST', '/users/grants/_search', {
        query: page,
        queries: [{ projectIdQuery: { projectId } }, ...(ofUser ? [{ userIdQuery: { userId } }] : [])],
      }),
    }),
    (answer) => [...readList(answer, 'authorizations'), ...readList(answer, 'result')],
  );
  const seen = all.map((each) => ({
    id: readText(each, 'id'),
    userId: readText(each, 'user', 'id') || readText(each, 'userId'),
    loginName: readText(each, 'user', 'preferredLoginName') || readText(each, 'preferredLoginName'),
    displayName: readText(each, 'user', 'displayName') || readText(each, 'displayName'),
    organizationId: readText(each, 'organization', 'id') || readText(each, 'orgId'),
    roles: [...readTexts(each, 'roleKeys'), ...readList(each, 'roles').map((role) => readText(role, 'key'))],
    isActive: !readText(each, 'state').endsWith('INACTIVE'),
  }));
  return { all: seen, hidden };
}

export async function createAuthorization(
  { organizationId, write }: Connection,
  projectId: string,
  userId: string,
  roleKeys: readonly string[],
): Promise<void> {
  await write({
    service: 'authorization',
    v2: connectCall(`${SERVICE}/CreateAuthorization`, { userId, projectId, organizationId, roleKeys }),
    v1: managementCall('POST', `/users/${userId}/grants`, { projectId, roleKeys }),
  });
}

/** These and no others. */
export async function changeAuthorization(
  { write }: Connection,
  { id, userId }: Authorization,
  roleKeys: readonly string[],
): Promise<void> {
  await write({
    service: 'authorization',
    v2: connectCall(`${SERVICE}/UpdateAuthorization`, { id, roleKeys }),
    v1: managementCall('PUT', `/users/${userId}/grants/${id}`, { roleKeys }),
  });
}

export async function deleteAuthorization({ write }: Connection, { id, userId }: Authorization): Promise<void> {
  await write({
    service: 'authorization',
    v2: connectCall(`${SERVICE}/DeleteAuthorization`, { id }),
    v1: managementCall('DELETE', `/users/${userId}/grants/${id}`),
  });
}
