// What an administrator does while people are signed in: gives and takes roles, deactivates, ends sessions.

import { assertBackChannelUri } from './back-channel.ts';
import type { Instance } from './instance.ts';
import { SEED } from './seed.ts';
import { terminateSession } from './sessions.ts';
import { findUser } from './sign-in.ts';
import type { User } from './store.ts';

interface RoleScope {
  projectId?: string;
  /** The organisation that grants. */
  organizationId?: string;
}

export interface Management {
  /** As in `signIn`: `admin`, or an id, username, login name. */
  findUser(user: string): User;
  /** Replaces what one organisation has granted on one project; an empty list takes the grant away. */
  setUserRoles(user: string, roleKeys: string[], where?: RoleScope): void;
  deactivateUser(user: string): void;
  activateUser(user: string): void;
  /** Its tokens are dead at once, and stay so when it is unlocked (`activateUser`). */
  lockUser(user: string): void;
  /** Ends a browser session as the session API does, back channel included. False if there is none. */
  terminateSession(sid: string): boolean;
  terminateUserSessions(user: string): void;
  /** Refused by the deny list when that is on. Counts for logins from now on. */
  setBackChannelLogoutUri(applicationId: string, uri: string | undefined): void;
}

export function createManagement(instance: Instance, issuer: () => string): Management {
  const { written: store, sessions } = instance;

  function end(isMeant: (session: { sid: string; userId: string }) => boolean): boolean {
    const meant = [...sessions.sso.values()].filter((session) => !session.isTerminated && isMeant(session));
    for (const session of meant) terminateSession(instance, session, issuer());
    return meant.length > 0;
  }

  return {
    findUser: (user) => findUser(instance, user),
    setUserRoles: (name, roleKeys, where = {}) => setUserRoles(instance, findUser(instance, name).id, roleKeys, where),
    deactivateUser: (name) => {
      findUser(instance, name).state = 'inactive';
    },
    activateUser: (name) => {
      findUser(instance, name).state = 'active';
    },
    lockUser: (name) => {
      const user = findUser(instance, name);
      user.state = 'locked';
      for (const session of sessions.oidc.values()) {
        if (session.userId !== user.id) continue;
        session.accessToken = undefined;
        session.refreshToken = undefined;
      }
    },
    terminateSession: (sid) => end((session) => session.sid === sid),
    terminateUserSessions: (name) => {
      const { id } = findUser(instance, name);
      end((session) => session.userId === id);
    },
    setBackChannelLogoutUri: (applicationId, uri) => {
      const application = store.applications.get(applicationId);
      if (!application) throw new Error(`no application ${applicationId}`);
      if (uri !== undefined) assertBackChannelUri(instance, uri);
      application.backChannelLogoutUri = uri;
    },
  };
}

function setUserRoles(
  { written: store, nextId }: Instance,
  userId: string,
  roleKeys: string[],
  where: RoleScope,
): void {
  const { projectId = SEED.projectId, organizationId = SEED.organizationId } = where;
  const known = store.projects.get(projectId)?.roles;
  const unknown = roleKeys.find((key) => !known?.has(key));
  if (unknown !== undefined) throw new Error(`Errors.Project.Role.NotExisting: ${unknown}`);
  for (const grant of store.authorizations.values()) {
    const isSame = grant.userId === userId && grant.projectId === projectId && grant.organizationId === organizationId;
    if (isSame) store.authorizations.delete(grant.id);
  }
  if (roleKeys.length === 0) return;
  const id = nextId();
  store.authorizations.set(id, { id, userId, projectId, organizationId, roleKeys: [...roleKeys], active: true });
}
