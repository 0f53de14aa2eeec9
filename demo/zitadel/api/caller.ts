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
  if (resolved?.user.state !== 'active') throw new ApiFault('unauthenticated', 'Errors.Token.Invalid', 'AUTH-7fs1e');
  if (resolved.kind === 'session' && !resolved.session.audience.includes(SYSTEM_PROJECT_ID)) {
    throw new ApiFault('unauthenticated', 'invalid audience', 'APP-Zxfako');
  }
  if (!apiControl(instance.store).administrators.has(resolved.user.id)) {
    throw new ApiFault('permission_denied', 'No matching permissions found', 'AUTH-5mWD2');
  }
  return resolved.user;
}

/** An owner of one organisation has no say in another. */
export function assertOwnOrganization(caller: User, organizationId: string | undefined): string {
  const id = organizationId ?? caller.organizationId;
  if (id !== caller.organizationId)
    throw new ApiFault('permission_denied', 'No matching permissions found', 'AUTH-3jknH');
  return id;
}
