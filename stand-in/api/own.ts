// What the command line asks of version 1's other two APIs: who the caller is (auth), and whether mail can go out (admin).

import type { Instance } from '../instance.ts';
import type { User } from '../store.ts';
import { noPermission } from './caller.ts';
import { apiControl } from './control.ts';
import { ApiFault } from './errors.ts';
import { writeV1 } from './management-users.ts';
import type { RestMethod } from './rest.ts';

function readMailProvider({ written, nextId }: Instance, { id }: User): object {
  const { instanceOwners, canMail } = apiControl(written);
  if (!instanceOwners.has(id)) throw noPermission('AUTH-5mWD2');
  if (!canMail) throw new ApiFault('not_found', 'Errors.SMTPConfig.NotFound', 'QUERY-fwofw');
  return { config: { id: nextId(), state: 'EMAIL_PROVIDER_ACTIVE', smtp: { host: 'smtp.example:587' } } };
}

export const OWN_METHODS: readonly RestMethod[] = [
  {
    method: 'GET',
    path: /^\/auth\/v1\/users\/me$/,
    isOpen: true,
    run: (instance, caller) => ({ user: writeV1(instance, caller) }),
  },
  {
    method: 'GET',
    path: /^\/admin\/v1\/email$/,
    run: (instance, caller) => readMailProvider(instance, caller),
  },
];
