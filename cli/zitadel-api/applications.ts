// Applications and their keys. zitadel.application.v2.ApplicationService; version 1: /management/v1/projects/{id}/apps.

import { connectCall, managementCall, plannedId } from './call.ts';
import type { Connection, Seen } from './connection.ts';
import { isJson, type Json, readAt, readList, readText } from './json.ts';

export interface Application {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly kind: 'oidc' | 'api' | 'other';
  readonly isActive: boolean;
  /** In version 2's names, whichever version answered. */
  readonly configuration: Json;
}

const SERVICE = 'zitadel.application.v2.ApplicationService';

export async function listApplications(connection: Connection, projectId: string): Promise<Seen<Application>> {
  const { all, hidden } = await connection.list(
    'the applications',
    (page) => ({
      service: 'application',
      v2: connectCall(`${SERVICE}/ListApplications`, {
        pagination: page,
        filters: [{ projectIdFilter: { projectId } }],
      }),
      v1: managementCall('POST', `/projects/${projectId}/apps/_search`, { query: page }),
    }),
    (answer) => [...readList(answer, 'applications'), ...readList(answer, 'result')],
  );
  const applications = all.map((each): Application => {
    const oidc = readAt(each, 'oidcConfiguration') ?? readAt(each, 'oidcConfig');
    const api = readAt(each, 'apiConfiguration') ?? readAt(each, 'apiConfig');
    const configuration = fromVersion1(oidc ?? api);
    return {
      id: readText(each, 'applicationId') || readText(each, 'id'),
      clientId: readText(configuration, 'clientId'),
      name: readText(each, 'name'),
      kind: oidc ? 'oidc' : api ? 'api' : 'other',
      isActive: !readText(each, 'state').endsWith('INACTIVE'),
      configuration,
    };
  });
  return { all: applications, hidden };
}

function fromVersion1(configuration: unknown): Json {
  if (!isJson(configuration)) return {};
  const { devMode, appType, ...rest } = configuration;
  return {
    ...rest,
    ...(devMode !== undefined && { developmentMode: devMode }),
    ...(appType !== undefined && { applicationType: appType }),
  };
}

function toVersion1(configuration: Json): object {
  const { developmentMode, applicationType, ...rest } = configuration;
  return { ...rest, devMode: developmentMode, appType: applicationType };
}

export async function createOidcApplication(
  connection: Connection,
  projectId: string,
  name: string,
  configuration: Json,
): Promise<Application> {
  const answer = await connection.write({
    service: 'application',
    v2: connectCall(`${SERVICE}/CreateApplication`, { projectId, name, oidcConfiguration: configuration }),
    v1: managementCall('POST', `/projects/${projectId}/apps/oidc`, { name, ...toVersion1(configuration) }),
  });
  return { ...readMade(answer, name, 'oidcConfiguration'), kind: 'oidc', isActive: true, configuration };
}

export async function createApiApplication(
  connection: Connection,
  projectId: string,
  name: string,
): Promise<Application> {
  const configuration = { authMethodType: 'API_AUTH_METHOD_TYPE_PRIVATE_KEY_JWT' };
  const answer = await connection.write({
    service: 'application',
    v2: connectCall(`${SERVICE}/CreateApplication`, { projectId, name, apiConfiguration: configuration }),
    v1: managementCall('POST', `/projects/${projectId}/apps/api`, { name, ...configuration }),
  });
  return { ...readMade(answer, name, 'apiConfiguration'), kind: 'api', isActive: true, configuration };
}

function readMade(
  answer: Json | undefined,
  name: string,
  configuration: string,
): Pick<Application, 'id' | 'clientId' | 'name'> {
  if (!answer) return { id: plannedId(`application ${name}`), clientId: plannedId(`client id of ${name}`), name };
  return {
    id: readText(answer, 'applicationId') || readText(answer, 'appId'),
    clientId: readText(answer, configuration, 'clientId') || readText(answer, 'clientId'),
    name,
  };
}

/** Replaces everything: what is not named becomes its default, whatever ZITADEL's documents say. */
export async function changeOidcApplication(
  connection: Connection,
  projectId: string,
  id: string,
  configuration: Json,
): Promise<void> {
  await connection.write({
    service: 'application',
    v2: connectCall(`${SERVICE}/UpdateApplication`, { applicationId: id, projectId, oidcConfiguration: configuration }),
    v1: managementCall('PUT', `/projects/${projectId}/apps/${id}/oidc_config`, toVersion1(configuration)),
  });
}

/** The key file's JSON, which ZITADEL hands out this once; `undefined` in a dry run. */
export async function createApplicationKey(
  connection: Connection,
  projectId: string,
  applicationId: string,
  expirationDate: string,
): Promise<string | undefined> {
  const answer = await connection.write({
    service: 'application',
    v2: connectCall(`${SERVICE}/CreateApplicationKey`, { applicationId, projectId, expirationDate }),
    v1: managementCall('POST', `/projects/${projectId}/apps/${applicationId}/keys`, {
      type: 'KEY_TYPE_JSON',
      expirationDate,
    }),
  });
  return answer && decodeKeyFile(readText(answer, 'keyDetails'));
}

export function decodeKeyFile(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
