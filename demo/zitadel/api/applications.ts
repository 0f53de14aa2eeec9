// Applications: the names that the API has for their settings, and what it lets through.

import { randomBytes } from 'node:crypto';
import { assertBackChannelUri } from '../back-channel.ts';
import type { Instance } from '../instance.ts';
import { createApplication } from '../seed.ts';
import type { Application, GrantType } from '../store.ts';
import { delayListing } from './control.ts';
import { ApiFault } from './errors.ts';
import { findProject } from './projects.ts';
import type { Body } from './wire.ts';

const AUTH_METHODS = {
  BASIC: 'client_secret_basic',
  POST: 'client_secret_post',
  NONE: 'none',
  PRIVATE_KEY_JWT: 'private_key_jwt',
} as const;
const GRANTS: Readonly<Record<string, GrantType>> = {
  AUTHORIZATION_CODE: 'authorization_code',
  REFRESH_TOKEN: 'refresh_token',
  TOKEN_EXCHANGE: 'urn:ietf:params:oauth:grant-type:token-exchange',
};
const RESPONSES: Readonly<Record<string, string>> = {
  CODE: 'code',
  ID_TOKEN: 'id_token',
  ID_TOKEN_TOKEN: 'id_token token',
};

const nameOf = (table: Readonly<Record<string, string>>, value: string): string =>
  Object.entries(table).find(([, each]) => each === value)?.[0] ?? '';

function enumValue<Value>(table: Readonly<Record<string, Value>>, name: string): Value {
  const value = table[name.replace(/^[A-Z]+_(?:AUTH_METHOD|GRANT|RESPONSE)_TYPE_/, '')];
  if (value === undefined) throw new ApiFault('invalid_argument', `proto: invalid value for enum: "${name}"`);
  return value;
}

/** Of an OIDC configuration in version 2's names; what is left out stays as it is. */
export function readOidc(body: Body): Partial<Application> {
  const settings = {
    authMethod: body.authMethodType && enumValue(AUTH_METHODS, body.authMethodType),
    grantTypes: body.grantTypes?.map((name: string) => enumValue(GRANTS, name)),
    responseTypes: body.responseTypes?.map((name: string) => enumValue(RESPONSES, name)),
    redirectUris: body.redirectUris,
    postLogoutRedirectUris: body.postLogoutRedirectUris,
    backChannelLogoutUri: body.backChannelLogoutUri,
    devMode: body.developmentMode,
    accessTokenType: body.accessTokenType && (body.accessTokenType.endsWith('JWT') ? 'JWT' : 'Bearer'),
    accessTokenRoleAssertion: body.accessTokenRoleAssertion,
    idTokenRoleAssertion: body.idTokenRoleAssertion,
    idTokenUserinfoAssertion: body.idTokenUserinfoAssertion,
    clockSkew: body.clockSkew && Number.parseInt(body.clockSkew, 10),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

export function writeOidc(application: Application) {
  const { authMethod, accessTokenType, clockSkew, devMode, backChannelLogoutUri } = application;
  const method = nameOf(AUTH_METHODS, authMethod);
  return {
    redirectUris: application.redirectUris,
    responseTypes: application.responseTypes.map((type) => `OIDC_RESPONSE_TYPE_${nameOf(RESPONSES, type)}`),
    grantTypes: application.grantTypes.map((type) => `OIDC_GRANT_TYPE_${nameOf(GRANTS, type)}`),
    clientId: application.clientId,
    // The first of an enum is its zero value, which is not written
    authMethodType: method === 'BASIC' ? undefined : `OIDC_AUTH_METHOD_TYPE_${method}`,
    postLogoutRedirectUris: application.postLogoutRedirectUris,
    developmentMode: devMode,
    accessTokenType: accessTokenType === 'JWT' ? 'OIDC_TOKEN_TYPE_JWT' : undefined,
    accessTokenRoleAssertion: application.accessTokenRoleAssertion,
    idTokenRoleAssertion: application.idTokenRoleAssertion,
    idTokenUserinfoAssertion: application.idTokenUserinfoAssertion,
    clockSkew: `${clockSkew}s`,
    backChannelLogoutUri,
  };
}

export const writeApi = ({ clientId, authMethod }: Application) => ({
  clientId,
  authMethodType: authMethod === 'private_key_jwt' ? 'API_AUTH_METHOD_TYPE_PRIVATE_KEY_JWT' : undefined,
});

export const readApi = ({ authMethodType = 'API_AUTH_METHOD_TYPE_BASIC' }: Body): Partial<Application> => ({
  authMethod: enumValue(AUTH_METHODS, authMethodType),
});

function assertSettings(instance: Instance, { backChannelLogoutUri }: Partial<Application>): void {
  if (!backChannelLogoutUri) return;
  try {
    assertBackChannelUri(instance, backChannelLogoutUri);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new ApiFault('invalid_argument', 'Errors.Project.App.Blocked.BackchannelLogoutURL', 'PROJECT-msNebo');
  }
}

export function addApplication(
  instance: Instance,
  given: Pick<Application, 'projectId' | 'name' | 'kind'>,
  settings: Partial<Application>,
): Application {
  const { store, nextId } = instance;
  findProject(store, given.projectId);
  const isTaken = [...store.applications.values()].some(
    ({ projectId, name }) => projectId === given.projectId && name === given.name,
  );
  if (isTaken) throw new ApiFault('already_exists', 'Errors.Project.App.AlreadyExists', 'V3-DKcYh');
  assertSettings(instance, settings);
  const bare = given.kind === 'api' ? { grantTypes: [], responseTypes: [] } : {};
  const application = createApplication({ id: nextId(), clientId: nextId(), ...given, ...bare, ...settings });
  if (application.authMethod.startsWith('client_secret')) application.clientSecret = randomBytes(32).toString('hex');
  store.applications.set(application.id, application);
  delayListing(store, application.id);
  return application;
}

export function findApplication({ store }: Instance, projectId: string, id: string): Application {
  const application = store.applications.get(id);
  if (application?.projectId === projectId) return application;
  throw new ApiFault('not_found', 'Errors.Project.App.NotExisting', 'COMMAND-ueNdk');
}

/** Whether anything is different now. */
export function changeApplication(
  instance: Instance,
  application: Application,
  settings: Partial<Application>,
): boolean {
  assertSettings(instance, settings);
  const before = JSON.stringify(application);
  Object.assign(application, settings);
  return JSON.stringify(application) !== before;
}
