// What the stand-in knows when it starts: two organisations, one project with three roles, two applications, six users.

import { createApplication, createHumanUser, createMachineUser } from './seed-makers.ts';
import type { HumanUser, Store } from './store.ts';

export const SEED = {
  organizationId: '249703000000000001',
  otherOrganizationId: '249703000000000002',
  projectId: '249703732336418457',
  webApplicationId: '249703852243222580',
  webClientId: '249703852243222581',
  apiApplicationId: '249703852243222998',
  apiClientId: '249703852243222999',
  apiClientSecret: 'stand-in-api-secret-nobody-needs-to-guess-this-one-0123456789ab',
  users: {
    admin: '249703111111111111',
    staff: '249703111111111112',
    user: '249703111111111113',
    nobody: '249703111111111114',
    outsider: '249703222222222221',
    service: '249703333333333331',
  },
  serviceSecret: 'stand-in-service-secret-0123456789abcdef',
  redirectUri: 'http://localhost:8787/auth/callback',
  postLogoutRedirectUri: 'http://localhost:8787/auth/logout/callback',
  backChannelLogoutUri: 'http://localhost:8787/auth/backchannel-logout',
} as const;

export function seedStore(store: Store, now: number): void {
  const { organizationId, otherOrganizationId, projectId, users } = SEED;
  store.organizations.set(organizationId, { id: organizationId, name: 'ACME', primaryDomain: 'acme.zitadel.example' });
  store.organizations.set(otherOrganizationId, {
    id: otherOrganizationId,
    name: 'Globex',
    primaryDomain: 'globex.zitadel.example',
  });
  store.projects.set(projectId, {
    id: projectId,
    organizationId,
    name: 'Old applications',
    active: true,
    roles: new Map([
      ['admin', { displayName: 'Administrator' }],
      ['staff', { displayName: 'Member of staff' }],
      ['user', { displayName: 'User' }],
    ]),
    roleAssertion: true,
    authorizationRequired: false,
  });
  seedApplications(store);
  seedUsers(store, now);
  grantRoles(store, users.admin, ['admin', 'user']);
  grantRoles(store, users.staff, ['staff', 'user']);
  grantRoles(store, users.user, ['user']);
  grantRoles(store, users.service, ['user']);
}

function seedApplications(store: Store): void {
  const { projectId } = SEED;
  store.applications.set(
    SEED.webApplicationId,
    createApplication({
      id: SEED.webApplicationId,
      clientId: SEED.webClientId,
      projectId,
      kind: 'oidc',
      name: 'Gateway',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [SEED.redirectUri],
      postLogoutRedirectUris: [SEED.postLogoutRedirectUri],
      backChannelLogoutUri: SEED.backChannelLogoutUri,
      devMode: true,
    }),
  );
  store.applications.set(
    SEED.apiApplicationId,
    createApplication({
      id: SEED.apiApplicationId,
      clientId: SEED.apiClientId,
      projectId,
      kind: 'api',
      name: 'Gateway introspection',
      authMethod: 'client_secret_basic',
      clientSecret: SEED.apiClientSecret,
      grantTypes: [],
      responseTypes: [],
    }),
  );
}

function seedUsers(store: Store, now: number): void {
  const { organizationId, otherOrganizationId, users } = SEED;
  const updatedAt = now - 86_400;
  const people: HumanUser[] = [
    createHumanUser({
      id: users.admin,
      organizationId,
      username: 'ada',
      givenName: 'Ada',
      familyName: 'Moreau',
      email: 'ada@acme.example',
      gender: 'female',
      metadata: new Map([['department', 'Management']]),
      updatedAt,
    }),
    createHumanUser({
      id: users.staff,
      organizationId,
      username: 'zoe',
      givenName: 'Zoë',
      familyName: 'Kõiv-Straße 王',
      email: 'zoe@acme.example',
      preferredLanguage: 'et',
      metadata: new Map([['department', 'Köögid & Büros, 部']]),
      updatedAt,
    }),
    createHumanUser({
      id: users.user,
      organizationId,
      username: 'uma',
      givenName: 'Uma',
      familyName: 'Lind',
      email: 'uma@acme.example',
      preferredLanguage: null,
      updatedAt,
    }),
    createHumanUser({
      id: users.nobody,
      organizationId,
      username: 'noel',
      givenName: 'Noel',
      familyName: 'Varga',
      email: 'noel@acme.example',
      emailVerified: false,
      updatedAt,
    }),
    createHumanUser({
      id: users.outsider,
      organizationId: otherOrganizationId,
      username: 'otis',
      givenName: 'Otis',
      familyName: 'Brandt',
      email: 'otis@globex.example',
      updatedAt,
    }),
  ];
  for (const person of people) store.users.set(person.id, person);
  store.users.set(
    users.service,
    createMachineUser({
      id: users.service,
      organizationId,
      username: 'svc-reader',
      name: 'Reader',
      secret: SEED.serviceSecret,
      updatedAt,
    }),
  );
}

function grantRoles(store: Store, userId: string, roleKeys: string[]): void {
  const id = `2497034${userId.slice(-11)}`;
  store.authorizations.set(id, {
    id,
    userId,
    projectId: SEED.projectId,
    organizationId: SEED.organizationId,
    roleKeys,
    active: true,
  });
}
