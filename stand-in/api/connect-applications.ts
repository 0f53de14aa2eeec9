// The application service of version 2, by Connect. What an update does not name may become its default.

import { createApplicationKey } from '../application-key.ts';
import type { Instance } from '../instance.ts';
import type { Application } from '../store.ts';
import {
  addApplication,
  changeApplication,
  findApplication,
  RESET_BY_UPDATES,
  readApi,
  readOidc,
  writeApi,
  writeOidc,
} from './applications.ts';
import { keepVisible } from './caller.ts';
import { secondsOf } from './dates.ts';
import {
  assertChanged,
  type Body,
  type ConnectMethod,
  filterOf,
  pageOf,
  requireText,
  timestamp,
  totals,
} from './wire.ts';

const APPLICATION = 'zitadel.application.v2.ApplicationService';

function describe(instance: Instance, item: Application) {
  return {
    applicationId: item.id,
    creationDate: timestamp(instance),
    changeDate: timestamp(instance),
    state: item.active ? 'APPLICATION_STATE_ACTIVE' : 'APPLICATION_STATE_INACTIVE',
    name: item.name,
    ...(item.kind === 'oidc' ? { oidcConfiguration: writeOidc(item) } : { apiConfiguration: writeApi(item) }),
    projectId: item.projectId,
  };
}

function settingsOf({ name, oidcConfiguration, apiConfiguration }: Body): Partial<Application> {
  return {
    ...(name && { name }),
    ...(oidcConfiguration && { ...RESET_BY_UPDATES, ...readOidc(oidcConfiguration) }),
    ...(apiConfiguration && readApi(apiConfiguration)),
  };
}

export const APPLICATION_METHODS: Readonly<Record<string, ConnectMethod>> = {
  [`${APPLICATION}/CreateApplication`]: (instance, _caller, body) => {
    requireText(body, 'projectId', 'name');
    const { projectId, name, oidcConfiguration, apiConfiguration } = body;
    const kind = oidcConfiguration ? 'oidc' : 'api';
    const settings = oidcConfiguration ? readOidc(oidcConfiguration) : readApi(apiConfiguration ?? {});
    const { id, clientId, clientSecret } = addApplication(instance, { projectId, name, kind }, settings);
    const made = { clientId, clientSecret };
    const configuration = kind === 'oidc' ? { oidcConfiguration: made } : { apiConfiguration: made };
    return { applicationId: id, creationDate: timestamp(instance), ...configuration };
  },
  [`${APPLICATION}/UpdateApplication`]: (instance, _caller, body) => {
    requireText(body, 'projectId', 'applicationId');
    const application = findApplication(instance, body.projectId, body.applicationId);
    assertChanged(changeApplication(instance, application, settingsOf(body)));
    return { changeDate: timestamp(instance) };
  },
  [`${APPLICATION}/GetApplication`]: (instance, _caller, body) => {
    requireText(body, 'applicationId');
    const { projectId = '' } = instance.store.applications.get(body.applicationId) ?? {};
    return { application: describe(instance, findApplication(instance, projectId, body.applicationId)) };
  },
  [`${APPLICATION}/ListApplications`]: (instance, caller, body) => {
    const projectId = filterOf(body, 'projectIdFilter')?.projectId;
    const name = filterOf(body, 'nameFilter')?.name;
    const found = [...instance.store.applications.values()].filter(
      (item) => (projectId === undefined || item.projectId === projectId) && (name === undefined || item.name === name),
    );
    const page = keepVisible(instance, caller, pageOf(found, body.pagination));
    return {
      pagination: totals(found, body.pagination),
      applications: page.map((item) => describe(instance, item)),
    };
  },
  [`${APPLICATION}/CreateApplicationKey`]: async (instance, _caller, body) => {
    requireText(body, 'projectId', 'applicationId');
    const { id } = findApplication(instance, body.projectId, body.applicationId);
    instance.projections.keep('applications', id);
    const file = await createApplicationKey(instance, id, secondsOf(body.expirationDate));
    return { keyId: file.keyId, creationDate: timestamp(instance), keyDetails: btoa(JSON.stringify(file)) };
  },
};
