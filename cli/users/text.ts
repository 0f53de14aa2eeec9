// Users as text for a terminal.

import { alignColumns } from '../support/look.ts';
import type { User } from '../zitadel-api/users.ts';

export interface UserWithRoles extends User {
  readonly roles: readonly string[];
}

export function printTable(users: readonly UserWithRoles[]): string {
  if (users.length === 0) return 'nobody has a role on the project (--all shows everybody)';
  const rows = users.map(({ username, name, roles, state, id }) => [
    username,
    name,
    roles.join(', ') || '–',
    state === 'active' ? '' : state,
    id,
  ]);
  return alignColumns([['user', 'name', 'roles', '', 'id'], ...rows]).join('\n');
}

export function printUser(user: UserWithRoles): string {
  const { id, username, loginName, kind, name, email, isEmailVerified, state, roles } = user;
  const rows: readonly (readonly string[])[] = [
    ['user', username],
    ['login name', loginName],
    ['name', name],
    ...(kind === 'human'
      ? [['e-mail', `${email}${isEmailVerified ? '' : ' (not verified)'}`]]
      : [['kind', 'service user']]),
    ['state', state],
    ['roles', roles.join(', ') || 'none'],
    ['id', id],
  ];
  return alignColumns(rows).join('\n');
}
