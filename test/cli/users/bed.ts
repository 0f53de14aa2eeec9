// What the tests of `users` share.

import type { Bed } from '../setup-bed.ts';

export const bob = ['create', 'Bob van Dyk <bob@example.com>'];

export const rolesOf = (bed: Bed, user: string) => {
  const { id } = bed.zitadel.findUser(user);
  return [...bed.zitadel.store.authorizations.values()]
    .filter(({ userId }) => userId === id)
    .flatMap(({ roleKeys }) => roleKeys);
};
