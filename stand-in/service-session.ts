// The OIDC session of a service user: its client is itself, its audience only what `…:aud` scopes name.

import { type Instance, SYSTEM_PROJECT_ID } from './instance.ts';
import { hasOrganizationIdScope, keepKnownScopes, requestedAudience, splitScope } from './scopes.ts';
import type { OidcSession } from './sessions.ts';
import type { MachineUser } from './store.ts';

export function startServiceSession(
  instance: Instance,
  user: MachineUser,
  requested: string | null,
  amr: string[],
): OidcSession {
  const scope = keepKnownScopes(splitScope(requested), undefined).filter(
    // An organisation that is not theirs is dropped, not refused.
    (item) => !hasOrganizationIdScope([item]) || item.endsWith(`:${user.organizationId}`),
  );
  const session: OidcSession = {
    id: `V2_${instance.nextId()}`,
    clientId: user.username,
    projectId: undefined,
    userId: user.id,
    scope,
    audience: [...new Set(requestedAudience(scope, SYSTEM_PROJECT_ID))],
    authTime: instance.now(),
    amr,
  };
  instance.sessions.oidc.set(session.id, session);
  return session;
}
