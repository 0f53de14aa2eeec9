// Users with their roles on the project. Authorizations may be of people who are in no list of users: ZITADEL hides those
// that the account may not see without counting them, and those of another organisation are in that one's list.

import { type Authorization, listAuthorizations } from '../zitadel-api/authorizations.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import type { User } from '../zitadel-api/users.ts';
import type { UserWithRoles } from './text.ts';

interface WithRoles {
  readonly users: readonly UserWithRoles[];
  /** People with roles who are not in the list of users. */
  readonly others: readonly UserWithRoles[];
  /** How many more authorizations there are, which the account may not see. */
  readonly hidden: number;
}

/** Of one user, or of all. */
export async function readRoles(
  connection: Connection,
  projectId: string,
  users: readonly User[],
  userId?: string,
): Promise<WithRoles> {
  const { all, hidden } = await listAuthorizations(connection, projectId, userId);
  const counting = all.filter(({ isActive, roles }) => isActive && roles.length > 0);
  const describe = (user: User) => {
    const own = counting.filter((each) => each.userId === user.id);
    return { ...user, roles: [...new Set(own.flatMap(({ roles }) => roles))] };
  };
  const known = new Set(users.map(({ id }) => id));
  const strangers = counting.filter((each) => !known.has(each.userId));
  const others = [...new Map(strangers.map((each) => [each.userId, toUser(each)])).values()];
  return { users: users.map(describe), others: others.map(describe), hidden };
}

/** What an authorization tells. */
function toUser({ userId, loginName, displayName }: Authorization): User {
  const kind = displayName === '' ? 'machine' : 'human';
  const unknown = { email: '', isEmailVerified: false, state: 'not shown' };
  return { id: userId, username: loginName, loginName, kind, name: displayName || loginName, ...unknown };
}
