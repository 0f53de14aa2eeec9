// People, the service user, and who has which role.

import { CommandError } from '../support/failure.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import { type Found, findOrCreate } from '../zitadel-api/find-or-create.ts';
import { grantRoles } from '../zitadel-api/roles-of-users.ts';
import {
  canSignIn,
  createPerson,
  createServiceUser,
  findUsers,
  inviteUser,
  type Mail,
  type Person,
  readMail,
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

export const findOrCreatePerson = (
  connection: Connection,
  person: Person,
  password: string | undefined,
): Promise<Found<User>> =>
  findOrCreate(
    connection,
    `the user ${person.email}`,
    () => findOneUser(connection, person.email, 'human'),
    () => createPerson(connection, person, password),
  );

export async function providePerson(
  connection: Connection,
  journal: Journal,
  person: Person,
  password: string | undefined,
): Promise<User> {
  const { email } = person;
  const { thing: user, isMade, listed } = await findOrCreatePerson(connection, person, password);
  const entry = { outcome: isMade ? ('made' as const) : ('kept' as const), what: 'user', name: email, id: user.id };
  if (!isMade) {
    journal.add(entry);
    if (!(await canSignIn(connection, user.id))) {
      journal.advise(`${email} has no way to sign in yet: npx postern users invite ${email}`);
    }
    return user;
  }
  const mail = password === undefined ? await readMail(connection) : undefined;
  journal.add({ ...entry, detail: mail ? INVITED[mail] : 'with the password given, to be changed' });
  if (mail === 'no') journal.advise(`${email} has no way to sign in yet: ${withoutMail(email)[0]}`);
  if (mail) await invite(connection, user, mail);
  await listed();
  return user;
}

/** What became of an invitation. ZITADEL takes one without having a way to send it, and does not say so. */
export const INVITED: Readonly<Record<Mail, string>> = {
  yes: 'invited by mail',
  no: 'not invited, because this ZITADEL has no mail provider',
  unknown: 'ZITADEL was asked to invite them by mail, if it can send any',
};

export const withoutMail = (who: string): readonly [string, string] => [
  `set a mail provider up in ZITADEL’s console (Default Settings, SMTP Provider), then: npx postern users invite ${who}`,
  'or make users with a first password: --password-file FILE',
];

/** The user is there already, so a second run would not invite: it has to be said. */
export async function invite(connection: Connection, { id, email }: User, mail: Mail): Promise<void> {
  if (mail === 'no') return;
  try {
    await inviteUser(connection, id);
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    const hints = [`the user is there; to invite them: npx postern users invite ${email}`, ...cause.hints];
    throw new CommandError(`no invitation was sent to ${email}: ${cause.message}`, { hints, cause });
  }
}

export async function provideServiceUser(connection: Connection, journal: Journal, name: string): Promise<User> {
  const {
    thing: user,
    isMade,
    listed,
  } = await findOrCreate(
    connection,
    `the service user ${name}`,
    () => findOneUser(connection, name, 'machine'),
    () => createServiceUser(connection, name),
  );
  journal.add({ outcome: isMade ? 'made' : 'kept', what: 'service user', name, id: user.id });
  if (isMade) await listed();
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
