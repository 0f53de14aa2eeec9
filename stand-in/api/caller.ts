// Who calls the management API: by personal access token, or by a token whose audience names ZITADEL itself.
// The scope `urn:zitadel:iam:org:project:id:zitadel:aud` puts it there.

import { resolveAccessToken } from '../access-token.ts';
import { type Exchange, type Instance, SYSTEM_PROJECT_ID } from '../instance.ts';
import type { User } from '../store.ts';
import { apiControl } from './control.ts';
import { ApiFault } from './errors.ts';

export async function authenticateCaller(instance: Instance, { request }: Exchange): Promise<User> {
  const header = request.headers.get('authorization');
  if (header === null) throw new ApiFault('unauthenticated', 'auth header missing');
  const token = /^bearer (\S+)$/i.exec(header)?.[1];
  const resolved = token === undefined ? undefined : await resolveAccessToken(instance, token);
  const isMeant = resolved?.kind !== 'session' || resolved.session.audience.includes(SYSTEM_PROJECT_ID);
  if (resolved?.user.state === 'active' && isMeant) return resolved.user;
  throw new ApiFault('unauthenticated', 'Errors.Token.Invalid', 'AUTH-7fs1e');
}

export const isAdministrator = ({ written }: Instance, { id }: User): boolean => {
  const { administrators, instanceOwners } = apiControl(written);
  return administrators.has(id) || instanceOwners.has(id);
};

/** Refuses in two ways: one for users with an administrator's role that is too weak, another for users without any. */
export function assertAdministrator(instance: Instance, caller: User): void {
  if (isAdministrator(instance, caller)) return;
  if (apiControl(instance.written).members.has(caller.id)) throw noPermission('AUTH-5mWD2');
  throw new ApiFault('not_found', 'membership not found', 'AUTHZ-cdgFk');
}

export const noPermission = (id: string) => new ApiFault('permission_denied', 'No matching permissions found', id);

/** An owner of one organisation has no say in another. */
export function assertOwnOrganization(caller: User, organizationId: string | undefined): string {
  const id = organizationId ?? caller.organizationId;
  if (id !== caller.organizationId) throw noPermission('AUTH-3jknH');
  return id;
}

/** Of a list, what the caller may see: an administrator everything, anybody else what is their own. */
export function keepVisible<Item>(
  instance: Instance,
  caller: User,
  items: readonly Item[],
  isOwn: (item: Item) => boolean = () => false,
): readonly Item[] {
  return isAdministrator(instance, caller) ? items : items.filter(isOwn);
}
