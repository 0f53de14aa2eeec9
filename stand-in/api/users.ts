// Users: made, found, and given means to sign in. Names and states as version 2 writes them.

import { randomBytes } from 'node:crypto';
import type { Instance } from '../instance.ts';
import { createHumanUser, createMachineUser } from '../seed-makers.ts';
import { loginName, type MachineUser, type Store, type User } from '../store.ts';
import { isAdministrator } from './caller.ts';
import { apiControl } from './control.ts';
import { ApiFault } from './errors.ts';
import { type Body, detailsOf, matchesText, pageOf } from './wire.ts';

export function findUser(store: Store, id: string): User {
  const user = store.users.get(id);
  if (!user) throw userNotFound();
  return user;
}

export const userNotFound = () => new ApiFault('not_found', 'Errors.User.NotFound', 'QUERY-Dfbg2');

export function findMachine(store: Store, id: string): MachineUser {
  const user = findUser(store, id);
  if (user.kind === 'machine') return user;
  throw new ApiFault('failed_precondition', 'Errors.User.NotMachine', 'COMMAND-Sn23f');
}

interface Person {
  organizationId: string;
  username: string;
  givenName: string;
  familyName: string;
  preferredLanguage?: string;
  email: string;
  emailVerified: boolean;
  password?: { password: string; changeRequired: boolean };
}

function assertFree(store: Store, username: string): void {
  if ([...store.users.values()].some((user) => user.username === username)) {
    throw new ApiFault('already_exists', 'Errors.User.AlreadyExists', 'V3-DKcYh');
  }
}

export function addHuman(
  { written: store, nextId, now, projections }: Instance,
  { password, ...person }: Person,
): User {
  assertFree(store, person.username);
  if (!/^[^@\s]+@[^@\s]+$/.test(person.email))
    throw new ApiFault('invalid_argument', 'Errors.User.Email.Invalid', 'EMAIL-599BI');
  if (password && password.password.length < 8) {
    throw new ApiFault('invalid_argument', 'Errors.User.PasswordComplexityPolicy.MinLength', 'COMMA-HuJf6');
  }
  const user = createHumanUser({ id: nextId(), ...person, updatedAt: now() });
  projections.keep('users', user.id);
  store.users.set(user.id, user);
  if (password) apiControl(store).passwords.set(user.id, password);
  else apiControl(store).withoutMeans.add(user.id);
  return user;
}

export function addMachine(
  { written: store, nextId, now, projections }: Instance,
  given: Pick<MachineUser, 'organizationId' | 'username' | 'name' | 'accessTokenType'>,
): User {
  assertFree(store, given.username);
  const user = createMachineUser({ id: nextId(), ...given, updatedAt: now() });
  projections.keep('users', user.id);
  store.users.set(user.id, user);
  return user;
}

export function invite({ written: store }: Instance, id: string): void {
  const { invited, passwords, canMail } = apiControl(store);
  if (findUser(store, id).kind !== 'human')
    throw new ApiFault('failed_precondition', 'Errors.User.NotHuman', 'COMMAND-Sn23f');
  if (passwords.has(id)) throw new ApiFault('failed_precondition', 'Errors.User.AlreadyInitialised', 'COMMAND-EF34g');
  if (canMail) invited.add(id);
}

export function renewSecret(
  { written, projections }: Instance,
  id: string,
): { clientId: string; clientSecret: string } {
  const user = findMachine(written, id);
  projections.keep('users', id);
  user.secret = randomBytes(32).toString('hex');
  return { clientId: user.username, clientSecret: user.secret };
}

/** All queries must hold, as both versions have it. */
function matches(store: Store, user: User, query: Body): boolean {
  const { userNameQuery, emailQuery, loginNameQuery, inUserIdsQuery, organizationIdQuery, typeQuery, orQuery } = query;
  if (userNameQuery) return matchesText(user.username, userNameQuery.userName, userNameQuery.method);
  if (emailQuery) return user.kind === 'human' && user.email === emailQuery.emailAddress;
  if (loginNameQuery) return loginName(store, user) === loginNameQuery.loginName;
  if (inUserIdsQuery) return inUserIdsQuery.userIds.includes(user.id);
  if (organizationIdQuery) return user.organizationId === organizationIdQuery.organizationId;
  if (typeQuery) return typeQuery.type === (user.kind === 'human' ? 'TYPE_HUMAN' : 'TYPE_MACHINE');
  if (orQuery) return orQuery.queries.some((each: Body) => matches(store, user, each));
  throw new ApiFault('invalid_argument', 'invalid SearchQuery.Query: value is required');
}

/** Hidden ones are not even counted here. */
export function searchUsers(
  instance: Instance,
  caller: User,
  { query, queries = [] }: Body,
): { all: number; page: readonly User[] } {
  const { store } = instance;
  const found = [...store.users.values()].filter((user) => queries.every((each: Body) => matches(store, user, each)));
  const visible = isAdministrator(instance, caller) ? found : found.filter(({ id }) => id === caller.id);
  return { all: visible.length, page: pageOf(visible, query) };
}

export function writeUser(instance: Instance, user: User) {
  const { store } = instance;
  const name = loginName(store, user);
  const common = {
    userId: user.id,
    details: detailsOf(instance, user.organizationId),
    state: `USER_STATE_${user.state.toUpperCase()}`,
    username: user.username,
    loginNames: [name],
    preferredLoginName: name,
  };
  if (user.kind === 'machine') {
    const accessTokenType = user.accessTokenType === 'JWT' ? 'ACCESS_TOKEN_TYPE_JWT' : undefined;
    return { ...common, machine: { name: user.name, hasSecret: user.secret !== undefined, accessTokenType } };
  }
  const { givenName, familyName, displayName, preferredLanguage, email, emailVerified } = user;
  const profile = { givenName, familyName, displayName, preferredLanguage: preferredLanguage ?? undefined };
  return { ...common, human: { profile, email: { email, isVerified: emailVerified } } };
}
