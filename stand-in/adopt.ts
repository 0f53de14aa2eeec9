// What the stand-in takes over from a gateway's own configuration: its client, its project, the roles that its rules ask for.
// So the gateway keeps its own ids, and people of the seed have roles in its project. Can be done again, for what is new.

import { apiControl } from './api/control.ts';
import { SEED } from './seed.ts';
import { createApplication, createMachineUser } from './seed-makers.ts';
import { type HumanUser, loginName, type Project, type Store } from './store.ts';
import type { Zitadel } from './zitadel.ts';

export interface Gateway {
  readonly clientId: string;
  readonly projectId: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly backChannelLogoutUri: string;
  /** Besides those of the seed. */
  readonly roles: readonly string[];
}

export interface Persona {
  readonly name: string;
  readonly email: string;
  readonly loginName: string;
  readonly roles: readonly string[];
}

/** Manages the seed's organisation: who `setup` and `users` act as. */
export const MANAGER_ID = '249703333333333339';

export function adoptGateway({ store, project: seeded }: Zitadel, gateway: Gateway): void {
  const project = adoptProject(store, seeded, gateway.projectId);
  const unknown = gateway.roles.filter((role) => !project.roles.has(role));
  for (const role of unknown) project.roles.set(role, { displayName: role });
  // Each role of the seed has a user already; these have none yet.
  if (unknown.length > 0) grantRoles(store, project.id, SEED.users.admin, unknown);
  const known = [...store.applications.values()].find(({ clientId }) => clientId === gateway.clientId);
  const application =
    known ??
    createApplication({
      id: `${gateway.clientId}-application`,
      clientId: gateway.clientId,
      projectId: project.id,
      kind: 'oidc',
      name: 'Gateway',
      grantTypes: ['authorization_code', 'refresh_token'],
      devMode: true,
    });
  store.applications.set(application.id, application);
  application.redirectUris = withOne(application.redirectUris, gateway.redirectUri);
  application.postLogoutRedirectUris = withOne(application.postLogoutRedirectUris, gateway.postLogoutRedirectUri);
  application.backChannelLogoutUri = gateway.backChannelLogoutUri;
}

/** With the seed's roles, which its people have there too. */
function adoptProject(store: Store, seeded: Project, id: string): Project {
  const known = store.projects.get(id);
  if (known) return known;
  const project: Project = { ...seeded, id, name: 'Gateway', roles: new Map(seeded.roles) };
  store.projects.set(id, project);
  for (const { projectId, userId, roleKeys } of [...store.authorizations.values()]) {
    if (projectId === seeded.id) grantRoles(store, id, userId, roleKeys);
  }
  return project;
}

function grantRoles(store: Store, projectId: string, userId: string, roles: readonly string[]): void {
  const known = [...store.authorizations.values()].find(
    (grant) => grant.projectId === projectId && grant.userId === userId,
  );
  if (known) known.roleKeys = [...new Set([...known.roleKeys, ...roles])];
  else {
    const id = `${projectId}-${userId}`;
    const { organizationId } = SEED;
    store.authorizations.set(id, { id, userId, projectId, organizationId, roleKeys: [...roles], active: true });
  }
}

const withOne = (list: readonly string[], one: string): string[] => [...new Set([...list, one])];

export function addManager({ store }: Zitadel): void {
  const { organizationId } = SEED;
  store.users.set(
    MANAGER_ID,
    createMachineUser({ id: MANAGER_ID, organizationId, username: 'svc-setup', name: 'Set-up', updatedAt: 0 }),
  );
  apiControl(store).administrators.add(MANAGER_ID);
}

/** Who can be chosen on the sign-in page, with their roles in a project. */
export function listPersonas({ store }: Zitadel, projectId: string): readonly Persona[] {
  const isChoice = (user: { kind: string; organizationId: string }): user is HumanUser =>
    user.kind === 'human' && user.organizationId === SEED.organizationId;
  const rolesOf = (id: string) =>
    [...store.authorizations.values()]
      .filter((grant) => grant.userId === id && grant.projectId === projectId && grant.active)
      .flatMap(({ roleKeys }) => roleKeys);
  return [...store.users.values()].filter(isChoice).map((user) => ({
    name: user.displayName,
    email: user.email,
    loginName: loginName(store, user),
    roles: rolesOf(user.id),
  }));
}
