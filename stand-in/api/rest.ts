// The user service of version 2, which has REST paths: /v2/users.

import { createServiceAccountKey } from '../application-key.ts';
import type { Instance } from '../instance.ts';
import { createPersonalAccessToken } from '../minting.ts';
import type { User } from '../store.ts';
import { assertOwnOrganization, isAdministrator } from './caller.ts';
import { apiControl } from './control.ts';
import { secondsOf } from './dates.ts';
import { ApiFault } from './errors.ts';
import { LIFE_METHODS } from './lives.ts';
import { SESSION_METHODS } from './sessions.ts';
import {
  addHuman,
  addMachine,
  findMachine,
  findUser,
  invite,
  renewSecret,
  searchUsers,
  userNotFound,
  writeUser,
} from './users.ts';
import { type ApiRequest, type Body, requireText, timestamp } from './wire.ts';

export interface RestMethod {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  /** Came with version 4. */
  readonly isNew?: boolean;
  /** For callers without an administrator's role too. */
  readonly isOpen?: boolean;
  /** Of success, where it is not 200. */
  readonly status?: 201;
  readonly run: (instance: Instance, caller: User, request: ApiRequest) => object | Promise<object>;
}

function createUser(instance: Instance, caller: User, { body }: ApiRequest): object {
  requireText(body, 'organizationId');
  const organizationId = assertOwnOrganization(caller, body.organizationId);
  const { human, machine } = body;
  if (machine) {
    requireText(body, 'username');
    requireText(machine, 'name');
    const accessTokenType = machine.accessTokenType === 'ACCESS_TOKEN_TYPE_JWT' ? 'JWT' : 'Bearer';
    const made = addMachine(instance, { organizationId, username: body.username, name: machine.name, accessTokenType });
    return { id: made.id, creationDate: timestamp(instance) };
  }
  if (!human) throw new ApiFault('invalid_argument', 'invalid CreateUserRequest.UserType: value is required');
  requireText(human.profile, 'givenName', 'familyName');
  requireText(human.email, 'email');
  const made = addHuman(instance, {
    organizationId,
    username: body.username ?? human.email.email,
    ...human.profile,
    email: human.email.email,
    emailVerified: human.email.isVerified === true,
    ...(human.password && { password: { changeRequired: false, ...human.password } }),
  });
  return { id: made.id, creationDate: timestamp(instance) };
}

export async function addKey(instance: Instance, id: string, body: Body): Promise<object> {
  findMachine(instance.written, id);
  instance.projections.keep('users', id);
  const file = await createServiceAccountKey(instance, id, secondsOf(body.expirationDate));
  return { keyId: file.keyId, keyContent: btoa(JSON.stringify(file)), creationDate: timestamp(instance) };
}

export function createInviteCode(instance: Instance, id: string, body: Body): object {
  invite(instance, id);
  return { details: {}, ...(body.returnCode && { inviteCode: 'INVITE' }) };
}

export function listMeans({ written }: Instance, id: string): object {
  const isBare = apiControl(written).withoutMeans.has(findUser(written, id).id);
  return { details: {}, authMethodTypes: isBare ? [] : ['AUTHENTICATION_METHOD_TYPE_PASSWORD'] };
}

export const REST_METHODS: readonly RestMethod[] = [
  ...SESSION_METHODS,
  ...LIFE_METHODS,
  { method: 'POST', path: /^\/v2\/users\/new$/, isNew: true, run: createUser },
  {
    method: 'POST',
    path: /^\/v2\/users$/,
    isOpen: true,
    run: (instance, caller, { body }) => {
      const { all, page } = searchUsers(instance, caller, body);
      const details = { totalResult: String(all), timestamp: timestamp(instance) };
      return { details, sortingColumn: body.sortingColumn, result: page.map((user) => writeUser(instance, user)) };
    },
  },
  {
    method: 'GET',
    path: /^\/v2\/users\/([\w.-]+)$/,
    isOpen: true,
    run: (instance, caller, { path: [id = ''] }) => {
      if (id !== caller.id && !isAdministrator(instance, caller)) throw userNotFound();
      const user = writeUser(instance, findUser(instance.store, id));
      return { details: user.details, user };
    },
  },
  {
    method: 'POST',
    path: /^\/v2\/users\/([\w.-]+)\/keys$/,
    isNew: true,
    run: (instance, _caller, { body, path: [id = ''] }) => addKey(instance, id, body),
  },
  {
    method: 'POST',
    path: /^\/v2\/users\/([\w.-]+)\/secret$/,
    isNew: true,
    run: (instance, _caller, { path: [id = ''] }) => {
      const { clientSecret } = renewSecret(instance, id);
      return { clientSecret, creationDate: timestamp(instance) };
    },
  },
  {
    method: 'POST',
    path: /^\/v2\/users\/([\w.-]+)\/pats$/,
    isNew: true,
    run: async (instance, _caller, { body, path: [id = ''] }) => {
      findMachine(instance.written, id);
      const tokenId = instance.nextId();
      const token = await createPersonalAccessToken(instance, id, secondsOf(body.expirationDate), undefined, tokenId);
      return { tokenId, token, creationDate: timestamp(instance) };
    },
  },
  {
    method: 'POST',
    path: /^\/v2\/users\/([\w.-]+)\/metadata$/,
    isNew: true,
    run: (instance, _caller, { body, path: [id = ''] }) => {
      const { metadata } = findUser(instance.written, id);
      instance.projections.keep('users', id);
      // Standard base64 on the way in, unpadded base64url in the claims
      for (const { key, value } of body.metadata ?? []) metadata.set(key, Buffer.from(value, 'base64').toString());
      return { setDate: timestamp(instance) };
    },
  },
  {
    method: 'POST',
    path: /^\/v2\/users\/([\w.-]+)\/invite_code$/,
    run: (instance, _caller, { body, path: [id = ''] }) => createInviteCode(instance, id, body),
  },
  {
    method: 'GET',
    path: /^\/v2\/users\/([\w.-]+)\/authentication_methods$/,
    run: (instance, _caller, { path: [id = ''] }) => listMeans(instance, id),
  },
  {
    method: 'POST',
    path: /^\/v2\/users\/([\w.-]+)\/password$/,
    run: (instance, _caller, { body, path: [id = ''] }) => {
      findUser(instance.written, id);
      const { password, changeRequired = false } = body.newPassword ?? {};
      const { passwords, withoutMeans } = apiControl(instance.written);
      passwords.set(id, { password, changeRequired });
      withoutMeans.delete(id);
      return { details: {} };
    },
  },
];
