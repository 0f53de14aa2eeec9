// Version 1 of the management API: users, their keys, secrets and tokens.

import { createServiceAccountKey } from '../application-key.ts';
import type { Instance } from '../instance.ts';
import { createPersonalAccessToken } from '../minting.ts';
import type { User } from '../store.ts';
import { apiControl } from './control.ts';
import { secondsOf } from './dates.ts';
import type { RestMethod } from './rest.ts';
import { addHuman, addMachine, findMachine, findUser, renewSecret, searchUsers, writeUser } from './users.ts';
import { type Body, detailsOf, requireText } from './wire.ts';

const at = (path: string) => new RegExp(`^/management/v1/users${path}$`);

export function writeV1(instance: Instance, user: User) {
  const { userId, username, details, human, machine, ...rest } = {
    human: undefined,
    machine: undefined,
    ...writeUser(instance, user),
  };
  const common = { id: userId, details, userName: username, ...rest };
  if (!human) return { ...common, machine };
  const { givenName: firstName, familyName: lastName, ...profile } = human.profile;
  const email = { email: human.email.email, isEmailVerified: human.email.isVerified };
  return { ...common, human: { profile: { firstName, lastName, ...profile }, email } };
}

/** Version 1 names its queries as version 2 does; it has none for the organisation, which the caller's is. */
const searchOwn = (instance: Instance, caller: User, body: Body) =>
  searchUsers(instance, caller, {
    ...body,
    queries: [...(body.queries ?? []), { organizationIdQuery: { organizationId: caller.organizationId } }],
  });

export const USER_METHODS: readonly RestMethod[] = [
  {
    method: 'POST',
    path: at('/human/_import'),
    run: (instance, { organizationId }, { body }) => {
      requireText(body, 'userName');
      requireText(body.profile, 'firstName', 'lastName');
      requireText(body.email, 'email');
      const { firstName: givenName, lastName: familyName, ...profile } = body.profile;
      const password = { password: body.password, changeRequired: body.passwordChangeRequired === true };
      const { id } = addHuman(instance, {
        organizationId,
        username: body.userName,
        givenName,
        familyName,
        ...profile,
        email: body.email.email,
        emailVerified: body.email.isEmailVerified === true,
        ...(body.password && { password }),
      });
      // Whoever has no password gets a mail to set one
      if (!body.password) apiControl(instance.written).invited.add(id);
      return { userId: id, details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'POST',
    path: at('/machine'),
    run: (instance, { organizationId }, { body }) => {
      requireText(body, 'userName', 'name');
      const accessTokenType = body.accessTokenType === 'ACCESS_TOKEN_TYPE_JWT' ? 'JWT' : 'Bearer';
      const { id } = addMachine(instance, {
        organizationId,
        username: body.userName,
        name: body.name,
        accessTokenType,
      });
      return { userId: id, details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'POST',
    path: at('/(\\d+)/keys'),
    run: async (instance, { organizationId }, { body, path: [id = ''] }) => {
      findMachine(instance.written, id);
      instance.projections.keep('users', id);
      const file = await createServiceAccountKey(instance, id, secondsOf(body.expirationDate));
      return {
        keyId: file.keyId,
        keyDetails: btoa(JSON.stringify(file)),
        details: detailsOf(instance, organizationId),
      };
    },
  },
  {
    method: 'PUT',
    path: at('/(\\d+)/secret'),
    run: (instance, { organizationId }, { path: [id = ''] }) => ({
      ...renewSecret(instance, id),
      details: detailsOf(instance, organizationId),
    }),
  },
  {
    method: 'POST',
    path: at('/(\\d+)/pats'),
    run: async (instance, _caller, { body, path: [id = ''] }) => {
      findMachine(instance.written, id);
      return { token: await createPersonalAccessToken(instance, id, secondsOf(body.expirationDate)) };
    },
  },
  {
    method: 'POST',
    path: at('/_search'),
    run: (instance, caller, { body }) => {
      const { all, page } = searchOwn(instance, caller, body);
      return { details: { totalResult: String(all) }, result: page.map((user) => writeV1(instance, user)) };
    },
  },
  {
    method: 'GET',
    path: at('/(\\d+)'),
    run: (instance, _caller, { path: [id = ''] }) => ({ user: writeV1(instance, findUser(instance.store, id)) }),
  },
];
