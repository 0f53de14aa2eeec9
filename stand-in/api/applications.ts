// Applications: the names that the API has for their settings, and what it lets through.

import { randomBytes } from 'node:crypto';
import { assertBackChannelUri } from '../back-channel.ts';
import type { Instance } from '../instance.ts';
import { createApplication } from '../seed-makers.ts';
import type { Application, GrantType, LoginVersion } from '../store.ts';
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
  IMPLICIT: 'implicit',
  REFRESH_TOKEN: 'refresh_token',
  DEVICE_CODE: 'urn:ietf:params:oauth:grant-type:device_code',
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

const readLoginVersion = ({ loginV2 }: Body): LoginVersion =>
  loginV2 ? { version: 'v2', ...(loginV2.baseUri && { baseUri: loginV2.baseUri }) } : { version: 'v1' };

const writeLoginVersion = (login: LoginVersion) =>
  login.version === 'v1' ? { loginV1: {} } : { loginV2: login.baseUri ? { baseUri: login.baseUri } : {} };

/** An update that leaves out one of these four sets it to this value; any other field that is left out keeps its own. */
export const RESET_BY_UPDATES = {
  grantTypes: ['authorization_code'],
  responseTypes: ['code'],
  clockSkew: 0,
  loginVersion: undefined,
} satisfies Partial<Application>;

/** Of an OIDC configuration in version 2's names, what it names. */
export function readOidc(body: Body): Partial<Application> {
  const settings = {
    authMethod: body.authMethodType && enumValue(AUTH_METHODS, body.authMethodType),
    grantTypes: body.grantTypes?.map((name: string) => enumValue(GRANTS, name)),
    responseTypes: body.responseTypes?.map((name: string) => enumValue(RESPONSES, name)),
    redirectUris: body.redirectUris,
    postLogoutRedirectUris: body.postLogoutRedirectUris,
    backChannelLogoutUri: body.backChannelLogoutUri,
    additionalOrigins: body.additionalOrigins,
    loginVersion: body.loginVersion && readLoginVersion(body.loginVersion),
    devMode: body.developmentMode,
    accessTokenType: body.accessTokenType && (body.accessTokenType.endsWith('JWT') ? 'JWT' : 'Bearer'),
    accessTokenRoleAssertion: body.accessTokenRoleAssertion,
    idTokenRoleAssertion: body.idTokenRoleAssertion,
    idTokenUserinfoAssertion: body.idTokenUserinfoAssertion,
    clockSkew: body.clockSkew && Number.parseFloat(body.clockSkew),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

export function writeOidc(application: Application) {
  const { authMethod, accessTokenType, clockSkew, devMode, backChannelLogoutUri, loginVersion } = application;
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
    additionalOrigins: application.additionalOrigins,
    allowedOrigins: originsOf(application),
    backChannelLogoutUri,
    loginVersion: loginVersion && writeLoginVersion(loginVersion),
  };
}

function originsOf({ redirectUris, additionalOrigins }: Application): string[] {
  const own = redirectUris.flatMap((uri) => URL.parse(uri)?.origin ?? []);
  return [...new Set([...own, ...additionalOrigins])];
}

export const writeApi = ({ clientId, authMethod }: Application) => ({
  clientId,
  authMethodType: authMethod === 'private_key_jwt' ? 'API_AUTH_METHOD_TYPE_PRIVATE_KEY_JWT' : undefined,
});

export const readApi = ({ authMethodType = 'API_AUTH_METHOD_TYPE_BASIC' }: Body): Partial<Application> => ({
  authMethod: enumValue(AUTH_METHODS, authMethodType),
});

/** Every response type but `code` needs the implicit grant. */
function assertResponseTypes({ kind, responseTypes, grantTypes }: Application): void {
  const required = responseTypes.map((type) => (type === 'code' ? 'authorization_code' : 'implicit'));
  if (kind === 'api' || required.every((grant) => grantTypes.includes(grant))) return;
  throw new ApiFault('invalid_argument', 'Errors.Project.App.OIDCConfigInvalid', 'PROJECT-1n8df');
}

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
  const { written: store, nextId, projections } = instance;
  findProject(store, given.projectId);
  const isTaken = [...store.applications.values()].some(
    ({ projectId, name }) => projectId === given.projectId && name === given.name,
  );
  if (isTaken) throw new ApiFault('already_exists', 'Errors.Project.App.AlreadyExists', 'V3-DKcYh');
  assertSettings(instance, settings);
  const bare = given.kind === 'api' ? { grantTypes: [], responseTypes: [] } : {};
  const application = createApplication({ id: nextId(), clientId: nextId(), ...given, ...bare, ...settings });
  assertResponseTypes(application);
  if (application.authMethod.startsWith('client_secret')) application.clientSecret = randomBytes(32).toString('hex');
  projections.keep('applications', application.id);
  store.applications.set(application.id, application);
  return application;
}

export function findApplication({ written: store }: Instance, projectId: string, id: string): Application {
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
  assertResponseTypes({ ...application, ...settings });
  instance.projections.keep('applications', application.id);
  const before = JSON.stringify(application);
  Object.assign(application, settings);
  return JSON.stringify(application) !== before;
}
