// The people that a run makes, and what they know.

import { readText } from '../../zitadel-api/json.ts';
import type { Instance } from './instance.ts';

export interface Person {
  readonly id: string;
  readonly loginName: string;
  readonly name: string;
  password: string;
  /** Chosen at the first sign-in, where one is wanted. */
  readonly nextPassword: string;
}

export async function loadPerson(instance: Instance, username: string, password: string): Promise<Person> {
  const queries = [{ userNameQuery: { userName: username } }];
  const { result } = (await instance.rest('POST', '/v2/users', { queries })) as { result?: readonly unknown[] };
  const [user] = result ?? [];
  return {
    id: readText(user, 'userId'),
    loginName: readText(user, 'preferredLoginName'),
    name: readText(user, 'human', 'profile', 'displayName'),
    password,
    nextPassword: `${password}-2`,
  };
}
