// Version 1 of the management API: applications and their keys. An update replaces the whole configuration.

import { createApplicationKey } from '../application-key.ts';
import { createApplication } from '../seed-makers.ts';
import type { Application } from '../store.ts';
import {
  addApplication,
  changeApplication,
  findApplication,
  readApi,
  readOidc,
  writeApi,
  writeOidc,
} from './applications.ts';
import { secondsOf } from './dates.ts';
import type { RestMethod } from './rest.ts';
import { assertChanged, type Body, detailsOf, pageOf, requireText } from './wire.ts';

const oidcOf = (body: Body): Partial<Application> => readOidc({ ...body, developmentMode: body.devMode });

/** What an update without a setting makes of it. */
function replaceOidc(application: Application, body: Body): Partial<Application> {
  const { id, clientId, projectId, kind, name } = application;
  const {
    active: _active,
    keys: _keys,
    clientSecret: _secret,
    ...bare
  } = createApplication({ id, clientId, projectId, kind, name });
  return { ...bare, authMethod: 'client_secret_basic', redirectUris: [], ...oidcOf(body) };
}

function writeApplication(item: Application) {
  const { developmentMode, ...oidc } = writeOidc(item);
  const state = item.active ? 'APP_STATE_ACTIVE' : 'APP_STATE_INACTIVE';
  const config =
    item.kind === 'oidc' ? { oidcConfig: { ...oidc, devMode: developmentMode } } : { apiConfig: writeApi(item) };
  return { id: item.id, state, name: item.name, ...config };
}

const at = (path: string) => new RegExp(`^/management/v1${path}$`);

export const APPLICATION_METHODS: readonly RestMethod[] = [
  {
    method: 'POST',
    path: at('/projects/(\\d+)/apps/(oidc|api)'),
    run: (instance, { organizationId }, { body, path: [projectId = '', type] }) => {
      requireText(body, 'name');
      const kind = type === 'oidc' ? 'oidc' : 'api';
      const settings = kind === 'oidc' ? oidcOf(body) : readApi(body);
      const made = addApplication(instance, { projectId, name: body.name, kind }, settings);
      const { id: appId, clientId, clientSecret } = made;
      return { appId, details: detailsOf(instance, organizationId), clientId, clientSecret };
    },
  },
  {
    method: 'PUT',
    path: at('/projects/(\\d+)/apps/(\\d+)/oidc_config'),
    run: (instance, { organizationId }, { body, path: [projectId = '', id = ''] }) => {
      const application = findApplication(instance, projectId, id);
      assertChanged(changeApplication(instance, application, replaceOidc(application, body)));
      return { details: detailsOf(instance, organizationId) };
    },
  },
  {
    method: 'POST',
    path: at('/projects/(\\d+)/apps/_search'),
    run: ({ store }, _caller, { body, path: [projectId] }) => {
      const found = [...store.applications.values()].filter((item) => item.projectId === projectId);
      const result = pageOf(found, body.query).map(writeApplication);
      return { details: { totalResult: String(found.length) }, result };
    },
  },
  {
    method: 'POST',
    path: at('/projects/(\\d+)/apps/(\\d+)/keys'),
    run: async (instance, { organizationId }, { body, path: [projectId = '', id = ''] }) => {
      instance.projections.keep('applications', id);
      const file = await createApplicationKey(
        instance,
        findApplication(instance, projectId, id).id,
        secondsOf(body.expirationDate),
      );
      const keyDetails = btoa(JSON.stringify(file));
      return { id: file.keyId, details: detailsOf(instance, organizationId), keyDetails };
    },
  },
];
