// People, the service user, and who has which role.

import { CommandError } from '../support/failure.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import { findOrCreate } from '../zitadel-api/find-or-create.ts';
import { grantRoles } from '../zitadel-api/roles-of-users.ts';
import {
  canSignIn,
  createPerson,
  createServiceUser,
  findUsers,
  inviteUser,
  type Person,
  type User,
} from '../zitadel-api/users.ts';
import type { Journal } from './journal.ts';
import type { GrantWanted } from './wanted.ts';

/** Throws if several fit. */
export async function findOneUser(connection: Connection, who: string, kind?: User['kind']): Promise<User | undefined> {
  const found = (await findUsers(connection, who)).filter((user) => kind === undefined || user.kind === kind);
  const exact = found.filter(({ username, id }) => username === who || id === who);
  const [first, ...others] = exact.length === 1 ? exact : found;
  if (others.length === 0) return first;
  throw new CommandError(`${who} is not one user but ${found.length}`, {
    hints: found.map(({ id, username, loginName }) => `${id}  ${username}  ${loginName}`),
  });
}

export async function providePerson(
  connection: Connection,
  journal: Journal,
  person: Person,
  password: string | undefined,
): Promise<User> {
  const { email } = person;
  const { thing: user, isMade } = await findOrCreate(
    connection,
    `the user ${email}`,
    () => findOneUser(connection, email, 'human'),
    () => createPerson(connection, person, password),
  );
  const detail = password === undefined ? 'invited by mail' : 'with the password given, to be changed';
  journal.add({ outcome: isMade ? 'made' : 'kept', what: 'user', name: email, id: user.id, ...(isMade && { detail }) });
  if (isMade && password === undefined) await invite(connection, user);
  if (!isMade && !(await canSignIn(connection, user.id))) {
    journal.advise(`${email} has no way to sign in yet: npx postern users invite ${email}`);
  }
  return user;
}

/** The user is there already, so a second run would not invite: it has to be said. */
export async function invite(connection: Connection, { id, email }: User): Promise<void> {
  try {
    await inviteUser(connection, id);
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    const hints = [`the user is there; to invite them: npx postern users invite ${email}`, ...cause.hints];
    throw new CommandError(`no invitation was sent to ${email}: ${cause.message}`, { hints, cause });
  }
}

export async function provideServiceUser(connection: Connection, journal: Journal, name: string): Promise<User> {
  const { thing: user, isMade } = await findOrCreate(
    connection,
    `the service user ${name}`,
    () => findOneUser(connection, name, 'machine'),
    () => createServiceUser(connection, name),
  );
  journal.add({ outcome: isMade ? 'made' : 'kept', what: 'service user', name, id: user.id });
  return user;
}

/** `made` are the users of this run, who may not be listed yet. */
export async function provideGrant(
  connection: Connection,
  journal: Journal,
  { projectId, made, grant }: { projectId: string; made: readonly User[]; grant: GrantWanted },
): Promise<void> {
  const own = made.find(({ username, email, id }) => [username, email, id].includes(grant.user));
  const user = own ?? (await findOneUser(connection, grant.user));
  if (!user) {
    throw new CommandError(`there is no user ${grant.user} to grant ${grant.roles.join(', ')} to`, {
      hints: [`--user "Given Family <address>" makes one`],
    });
  }
  const given = await grantRoles(connection, projectId, user.id, grant.roles);
  const outcome = given.length > 0 ? 'made' : 'kept';
  journal.add({
    outcome,
    what: 'grant',
    name: `${grant.user}: ${(outcome === 'made' ? given : grant.roles).join(', ')}`,
  });
}
