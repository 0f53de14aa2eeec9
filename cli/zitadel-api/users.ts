// Users. zitadel.user.v2.UserService by its REST paths, which older servers have too; version 1: /management/v1/users.

import { isApiError } from './api-error.ts';
import { decodeKeyFile } from './applications.ts';
import { type Call, connectCall, managementCall, plannedId, restCall } from './call.ts';
import type { Connection } from './connection.ts';
import { isJson, type Json, readAt, readFlag, readList, readText, readTexts } from './json.ts';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly loginName: string;
  readonly kind: 'human' | 'machine';
  readonly name: string;
  readonly email: string;
  readonly isEmailVerified: boolean;
  /** `active`, `inactive`, `locked`, `initial` … */
  readonly state: string;
}

export interface Person {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
}

/** All of the organisation, or those that fit a query. */
export async function listUsers(connection: Connection, queries: readonly object[] = []): Promise<readonly User[]> {
  const { organizationId } = connection;
  const { all } = await connection.list(
    'the users',
    (query) => ({
      service: 'user',
      v2: restCall('POST', '/v2/users', { query, queries: [...queries, { organizationIdQuery: { organizationId } }] }),
      v1: managementCall('POST', '/users/_search', { query, queries }),
    }),
    (answer) => readList(answer, 'result'),
  );
  return all.filter(isJson).map(readUser);
}

/** By id, user name, login name or e-mail address. */
export async function findUsers(connection: Connection, who: string): Promise<readonly User[]> {
  const queries = [
    { userNameQuery: { userName: who } },
    { loginNameQuery: { loginName: who } },
    { emailQuery: { emailAddress: who } },
    { inUserIdsQuery: { userIds: [who] } },
  ];
  return await listUsers(connection, [{ orQuery: { queries } }]);
}

function readUser(record: Json): User {
  const profile = readAt(record, 'human', 'profile');
  const isHuman = readAt(record, 'human') !== undefined;
  const fullName = [
    readText(profile, 'givenName') || readText(profile, 'firstName'),
    readText(profile, 'familyName') || readText(profile, 'lastName'),
  ];
  return {
    id: readText(record, 'userId') || readText(record, 'id'),
    username: readText(record, 'username') || readText(record, 'userName'),
    loginName: readText(record, 'preferredLoginName'),
    kind: isHuman ? 'human' : 'machine',
    name: isHuman ? readText(profile, 'displayName') || fullName.join(' ').trim() : readText(record, 'machine', 'name'),
    email: readText(record, 'human', 'email', 'email'),
    isEmailVerified:
      readFlag(record, 'human', 'email', 'isVerified') || readFlag(record, 'human', 'email', 'isEmailVerified'),
    state: readText(record, 'state').replace('USER_STATE_', '').toLowerCase(),
  };
}

/** With a password, which the person changes at the first sign-in; without one, to be invited. */
export async function createPerson(
  connection: Connection,
  person: Person,
  password: string | undefined,
): Promise<User> {
  const { email, givenName, familyName } = person;
  const { organizationId } = connection;
  // Said explicitly, or a second mail would ask the person to confirm the address
  const isVerified = password !== undefined;
  const answer = await connection.write({
    service: 'user-write',
    v2: restCall('POST', '/v2/users/new', {
      organizationId,
      username: email,
      human: {
        profile: { givenName, familyName },
        email: { email, isVerified },
        ...(password !== undefined && { password: { password, changeRequired: true } }),
      },
    }),
    v1: managementCall('POST', '/users/human/_import', {
      userName: email,
      profile: { firstName: givenName, lastName: familyName },
      email: { email, isEmailVerified: isVerified },
      ...(password !== undefined && { password, passwordChangeRequired: true }),
    }),
  });
  const name = `${givenName} ${familyName}`;
  return { ...readMade(answer, email), kind: 'human', name, email, isEmailVerified: isVerified };
}

export async function createServiceUser(connection: Connection, username: string): Promise<User> {
  const { organizationId } = connection;
  const accessTokenType = 'ACCESS_TOKEN_TYPE_JWT';
  const answer = await connection.write({
    service: 'user-write',
    v2: restCall('POST', '/v2/users/new', { organizationId, username, machine: { name: username, accessTokenType } }),
    v1: managementCall('POST', '/users/machine', { userName: username, name: username, accessTokenType }),
  });
  return { ...readMade(answer, username), kind: 'machine', name: username, email: '', isEmailVerified: false };
}

function readMade(answer: Json | undefined, username: string): Pick<User, 'id' | 'username' | 'loginName' | 'state'> {
  const id = answer ? readText(answer, 'id') || readText(answer, 'userId') : plannedId(`user ${username}`);
  return { id, username, loginName: username, state: 'active' };
}

/** People may be made with ids of any signs, and ZITADEL's paths fail at a slash and at letters beyond ASCII: such ids go by Connect. */
function ofUser(userId: string, path: Call, procedure: string, body: object = {}): Call {
  return /^(?:[\w.-]+|‹.+›)$/.test(userId)
    ? path
    : connectCall(`zitadel.user.v2.UserService/${procedure}`, { userId, ...body });
}

export type Mail = 'yes' | 'no' | 'unknown';

/** Whether mail can go out: only an owner of the instance may know, and an older server can't say. */
export async function readMail(connection: Connection): Promise<Mail> {
  const call: Call = { method: 'GET', path: '/admin/v1/email' };
  try {
    const answer = await connection.read({ service: 'mail', v2: call, v1: call });
    return readText(answer, 'config', 'state').endsWith('INACTIVE') ? 'no' : 'yes';
  } catch (cause) {
    if (isApiError(cause, 'gone')) return 'no';
    if (isApiError(cause, 'forbidden', 'missing-method', 'unauthenticated')) return 'unknown';
    throw cause;
  }
}

/** Mails the person a way to choose their first means of signing in. Version 1 has done so when it made them. */
export async function inviteUser(connection: Connection, userId: string): Promise<void> {
  if (connection.lacks('user-write')) return;
  const body = { sendCode: {} };
  const path = restCall('POST', `/v2/users/${userId}/invite_code`, body);
  await connection.write({
    service: 'user-write',
    v2: ofUser(userId, path, 'CreateInviteCode', body),
    v1: managementCall('POST', `/users/${userId}/_resend_initialization`, {}),
  });
}

/** Whether the person can sign in by any means yet; a server that can't say is believed to have seen to it. */
export async function canSignIn(connection: Connection, userId: string): Promise<boolean> {
  if (connection.lacks('user') || connection.lacks('user-write')) return true;
  const path = restCall('GET', `/v2/users/${userId}/authentication_methods`);
  const call = ofUser(userId, path, 'ListAuthenticationMethodTypes');
  const answer = await connection.read({ service: 'user', v2: call, v1: call });
  return readTexts(answer, 'authMethodTypes').length > 0;
}

/** The key file's JSON, which ZITADEL hands out this once; `undefined` in a dry run. */
export async function createServiceKey(
  connection: Connection,
  userId: string,
  expirationDate: string,
): Promise<string | undefined> {
  const path = restCall('POST', `/v2/users/${userId}/keys`, { expirationDate });
  const answer = await connection.write({
    service: 'user-write',
    v2: ofUser(userId, path, 'AddKey', { expirationDate }),
    v1: managementCall('POST', `/users/${userId}/keys`, { type: 'KEY_TYPE_JSON', expirationDate }),
  });
  return answer && decodeKeyFile(readText(answer, 'keyContent') || readText(answer, 'keyDetails'));
}
