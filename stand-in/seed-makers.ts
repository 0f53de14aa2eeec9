// Applications and accounts with ZITADEL’s own defaults for everything that is not said.

import type { Application, HumanUser, MachineUser } from './store.ts';

/** An application with ZITADEL's own defaults for everything that is not said. */
export function createApplication(
  given: Pick<Application, 'id' | 'clientId' | 'projectId' | 'kind' | 'name'> & Partial<Application>,
): Application {
  return {
    active: true,
    authMethod: 'none',
    clientSecret: undefined,
    keys: new Map(),
    grantTypes: ['authorization_code'],
    responseTypes: ['code'],
    redirectUris: [],
    postLogoutRedirectUris: [],
    backChannelLogoutUri: undefined,
    additionalOrigins: [],
    loginVersion: undefined,
    devMode: false,
    accessTokenType: 'Bearer',
    accessTokenRoleAssertion: false,
    idTokenRoleAssertion: false,
    idTokenUserinfoAssertion: false,
    clockSkew: 0,
    ...given,
  };
}

export function createHumanUser(
  given: Pick<HumanUser, 'id' | 'organizationId' | 'username' | 'givenName' | 'familyName' | 'email' | 'updatedAt'> &
    Partial<HumanUser>,
): HumanUser {
  return {
    kind: 'human',
    state: 'active',
    metadata: new Map(),
    displayName: `${given.givenName} ${given.familyName}`,
    preferredLanguage: 'en',
    emailVerified: true,
    ...given,
  };
}

export function createMachineUser(
  given: Pick<MachineUser, 'id' | 'organizationId' | 'username' | 'name' | 'updatedAt'> & Partial<MachineUser>,
): MachineUser {
  return {
    kind: 'machine',
    state: 'active',
    metadata: new Map(),
    accessTokenType: 'Bearer',
    secret: undefined,
    keys: new Map(),
    ...given,
  };
}
