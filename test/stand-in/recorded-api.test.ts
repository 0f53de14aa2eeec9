// The management API, held to recorded answers of a real ZITADEL: what it makes, how it says no, and what an update of
// an application does to what it does not name.

import { describe, expect, it } from 'vitest';
import { apiControl } from '../../stand-in/api/control.ts';
import { holdTo, loadRecording, observeAnswer } from './recordings/hold.ts';
import { mask } from './recordings/mask.ts';
import { type Answer, createBed, SEED, signAssertion } from './support.ts';

const PROJECT = '/zitadel.project.v2.ProjectService';
const APPLICATION = '/zitadel.application.v2.ApplicationService';
const AUTHORIZATION = '/zitadel.authorization.v2.AuthorizationService';
const WEB_KEY = '/zitadel.webkey.v2.WebKeyService';
const { organizationId, projectId, webApplicationId, users } = SEED;

type Role = 'administrator' | 'nobody';

async function createApi(role: Role = 'administrator') {
  const bed = createBed();
  const control = apiControl(bed.zitadel.store);
  if (role === 'administrator') control.administrators.add(users.service);
  const token = await bed.zitadel.createPersonalAccessToken(users.service);
  const call = async (path: string, body?: object, bearer = token): Promise<Answer> => {
    const method = body ? 'POST' : 'GET';
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await bed.zitadel.fetch(bed.issuer + path, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  };
  return { bed, control, call };
}

const ask = async (path: string, body?: object, role: Role = 'administrator') =>
  (await createApi(role)).call(path, body);

const OIDC = {
  redirectUris: ['https://a.example/cb'],
  responseTypes: ['OIDC_RESPONSE_TYPE_CODE'],
  grantTypes: ['OIDC_GRANT_TYPE_AUTHORIZATION_CODE'],
};
const makeApplication = (more: object) =>
  ask(`${APPLICATION}/CreateApplication`, { projectId, name: 'New', oidcConfiguration: { ...OIDC, ...more } });

async function makeBlocked(backChannelLogoutUri: string): Promise<Answer> {
  const { bed, call } = await createApi();
  bed.zitadel.settings.backChannelDenyList = true;
  const oidcConfiguration = { ...OIDC, backChannelLogoutUri };
  return call(`${APPLICATION}/CreateApplication`, { projectId, name: 'New', oidcConfiguration });
}

const PERSON = {
  organizationId,
  username: 'ada',
  human: { profile: { givenName: 'A', familyName: 'B' }, email: { email: 'a@x.example', isVerified: true } },
};
const authorize = (userId: string, roleKeys: string[]) =>
  ask(`${AUTHORIZATION}/CreateAuthorization`, { userId, projectId, organizationId, roleKeys });

describe('the API makes, lists and refuses as a real ZITADEL does', () => {
  holdTo(
    'api',
    {
      'own account': async () => {
        const { bed, call } = await createApi();
        const service = bed.zitadel.findUser('service');
        if (service.kind === 'machine') service.secret = undefined;
        return call('/auth/v1/users/me');
      },
      'new service account': () => ask('/v2/users/new', { organizationId, username: 'x', machine: { name: 'X' } }),
      'key of a service account': () => ask(`/v2/users/${users.service}/keys`, {}),
      administrator: () =>
        ask('/zitadel.internal_permission.v2.InternalPermissionService/CreateAdministrator', {
          userId: users.service,
          resource: { organizationId },
          roles: ['ORG_OWNER'],
        }),
      'new person': () => ask('/v2/users/new', { ...PERSON, username: 'new' }),
      authorization: () => authorize(users.nobody, ['user']),
      metadata: () => ask(`/v2/users/${users.user}/metadata`, { metadata: [{ key: 'a', value: 'Yg==' }] }),
      organization: () => ask('/v2/organizations', { name: 'Initech' }),
      'public application': () => makeApplication({ authMethodType: 'OIDC_AUTH_METHOD_TYPE_NONE' }),
      'application with a secret': () => makeApplication({ authMethodType: 'OIDC_AUTH_METHOD_TYPE_BASIC' }),
      'application with a key': () => makeApplication({ authMethodType: 'OIDC_AUTH_METHOD_TYPE_PRIVATE_KEY_JWT' }),
      'key of an application': () =>
        ask(`${APPLICATION}/CreateApplicationKey`, { projectId, applicationId: webApplicationId }),
      authorizations: () =>
        ask(`${AUTHORIZATION}/ListAuthorizations`, { filters: [{ inUserIds: { ids: [users.staff] } }] }),
      'web keys': async () => {
        const { call } = await createApi();
        await call(`${WEB_KEY}/CreateWebKey`, { ecdsa: { curve: 'ECDSA_CURVE_P256' } });
        return call(`${WEB_KEY}/ListWebKeys`, {});
      },
      'new web key': () => ask(`${WEB_KEY}/CreateWebKey`, { ecdsa: { curve: 'ECDSA_CURVE_P256' } }),
      session: async () => {
        const { control, call } = await createApi();
        control.passwords.set(users.user, { password: 'correct horse', changeRequired: false });
        const checks = { user: { loginName: 'uma' }, password: { password: 'correct horse' } };
        return call('/v2/sessions', { checks });
      },

      'blocked/loopback': () => makeBlocked('http://127.0.0.1:1/x'),
      'blocked/private': () => makeBlocked('http://10.1.2.3/x'),
      'blocked/unresolved': () => makeBlocked('http://app.example.com/x'),
      'blocked/IPv6': () => makeBlocked('https://[::1]/x'),
      'blocked/no address': () => makeBlocked('not a uri'),

      'may not/list projects': () => ask(`${PROJECT}/ListProjects`, {}, 'nobody'),
      'may not/make a project': () => ask(`${PROJECT}/CreateProject`, { organizationId, name: 'x' }, 'nobody'),
      'may not/users': async () => {
        const { bed, call } = await createApi('nobody');
        Object.assign(bed.zitadel.findUser('service'), { accessTokenType: 'JWT' });
        return call('/v2/users', {});
      },
      'may not/make a user': () => ask('/v2/users/new', PERSON, 'nobody'),
      'may not/authorizations': () => ask(`${AUTHORIZATION}/ListAuthorizations`, {}, 'nobody'),
      'may not/applications': () => ask(`${APPLICATION}/ListApplications`, {}, 'nobody'),
      'may not/version 1': () => ask('/management/v1/projects/_search', {}, 'nobody'),
      'may not/token for others': async () => {
        const { bed, call } = await createApi();
        const assertion = await signAssertion(await bed.zitadel.createServiceAccountKey(users.service), bed);
        const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, scope: 'openid' };
        return call(`${PROJECT}/ListProjects`, {}, (await bed.post('/oauth/v2/token', form)).body.access_token);
      },

      'taken/project': () => ask(`${PROJECT}/CreateProject`, { organizationId, name: 'Old applications' }),
      'taken/role': () => ask(`${PROJECT}/AddProjectRole`, { projectId, roleKey: 'admin', displayName: 'A' }),
      'taken/user': () => ask('/v2/users/new', PERSON),
      'taken/authorization': () => authorize(users.staff, ['user']),
      'no changes': async () => {
        const { call } = await createApi();
        const update = { projectId, applicationId: webApplicationId, oidcConfiguration: OIDC };
        await call(`${APPLICATION}/UpdateApplication`, update);
        return call(`${APPLICATION}/UpdateApplication`, update);
      },
      'unknown role': () => authorize(users.nobody, ['boss']),
    },
    observeAnswer,
  );
});

describe('an update of an application', () => {
  const recorded = loadRecording('update-application');

  it('changes what it names, makes defaults of four settings, and leaves the rest', async () => {
    const { bed, call } = await createApi();
    const { body: made } = await call(`${APPLICATION}/CreateApplication`, {
      projectId,
      name: 'New',
      oidcConfiguration: recorded['request'],
    });
    const { applicationId } = made;
    const read = async () => (await call(`${APPLICATION}/GetApplication`, { applicationId })).body;
    const configuration = async () => {
      const { clientId, ...others } = (await read()).application.oidcConfiguration;
      expect(clientId).toBe(made.oidcConfiguration.clientId);
      return others;
    };
    expect(mask(await read())).toEqual(recorded['read']);
    expect(await configuration()).toEqual(recorded['before']);
    bed.clock.now += 1;
    const answer = await call(`${APPLICATION}/UpdateApplication`, {
      projectId,
      applicationId,
      oidcConfiguration: recorded['update'],
    });
    expect([answer.status, mask(answer.body)]).toEqual([recorded['status'], recorded['answer']]);
    expect(await configuration()).toEqual(recorded['after']);
  });
});
