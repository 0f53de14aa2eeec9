// The stand-in’s management API: what it writes, what its switches change, and what an update leaves out.
// zitadel.project.v2, zitadel.application.v2, zitadel.authorization.v2, zitadel.user.v2; /management/v1.

import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiControl } from '../../stand-in/api/control.ts';
import { APPLICATION, type ApiBed, AUTHORIZATION, createApiBed, PROJECT } from './api-bed.ts';
import { type Bed, SEED } from './support.ts';

let bed: Bed;
let control: ApiControl;
let call: ApiBed['call'];
let createProject: ApiBed['createProject'];
beforeEach(async () => {
  ({ bed, control, call, createProject } = await createApiBed());
});

describe('switches of the stand-in’s API', () => {
  it('an older server lacks the new services, an old one version 2', async () => {
    control.lacks = 'new-services';
    expect((await call(`${PROJECT}/ListProjects`, {})).body).toEqual({ code: 5, message: 'Not Found', details: [] });
    expect((await call('/v2/users', {})).status).toBe(200);
    expect((await call('/management/v1/projects/_search', {})).body.result[0].id).toBe(SEED.projectId);
    control.lacks = 'version-2';
    control.lackAnswer = 'unimplemented';
    expect((await call('/v2/users', {})).body).toMatchObject({ code: 12 });
    expect(await call(`${PROJECT}/ListProjects`, {})).toMatchObject({ status: 501, body: { code: 'unimplemented' } });
  });

  it('whoever has no role of an administrator sees what is their own, and counts the rest', async () => {
    control.administrators.clear();
    const own = (path: string) => call(path, path === '/v2/users' ? {} : { pagination: { limit: 50 } });
    const { body: users } = await own('/v2/users');
    expect([users.details.totalResult, users.result]).toMatchObject(['1', [{ userId: SEED.users.service }]]);
    const { body: grants } = await own(`${AUTHORIZATION}/ListAuthorizations`);
    expect(grants).toMatchObject({
      pagination: { totalResult: '4', appliedLimit: '50' },
      authorizations: [{ user: { id: SEED.users.service } }],
    });
    expect((await own(`${APPLICATION}/ListApplications`)).body).toEqual({
      pagination: { totalResult: '2', appliedLimit: '50' },
    });
    expect((await call('/auth/v1/users/me', undefined, { method: 'GET' })).body.user).toMatchObject({
      id: SEED.users.service,
      details: { resourceOwner: SEED.organizationId },
    });
  });

  it('without a mail provider an invitation is taken all the same, and only an owner of the instance can know', async () => {
    control.canMail = false;
    expect((await call(`/v2/users/${SEED.users.nobody}/invite_code`, {})).status).toBe(200);
    expect(control.invited.size).toBe(0);
    const ask = () => call('/admin/v1/email', undefined, { method: 'GET' });
    expect((await ask()).status).toBe(403);
    control.instanceOwners.add(SEED.users.service);
    expect(await ask()).toMatchObject({ status: 404, body: { details: [{ id: 'QUERY-fwofw' }] } });
    control.canMail = true;
    expect((await ask()).body.config.state).toBe('EMAIL_PROVIDER_ACTIVE');
  });

  it('calls can be failed before and after their work', async () => {
    control.interrupt = () => 'before';
    expect((await call(`${PROJECT}/CreateProject`, { organizationId: SEED.organizationId, name: 'a' })).status).toBe(
      500,
    );
    expect(bed.zitadel.store.projects.size).toBe(1);
    control.interrupt = () => 'after';
    await expect(call(`${PROJECT}/CreateProject`, { organizationId: SEED.organizationId, name: 'a' })).rejects.toThrow(
      'fetch failed',
    );
    expect(bed.zitadel.store.projects.size).toBe(2);
    expect(control.calls.map(({ status }) => status)).toEqual([500, 0]);
  });
});

describe('the stand-in’s API writes', () => {
  it('nothing that has its zero value', async () => {
    await createProject('plain');
    const { body } = await call(`${PROJECT}/ListProjects`, {
      filters: [{ projectNameFilter: { projectName: 'plain' } }],
    });
    expect(Object.keys(body.projects[0])).toEqual([
      'projectId',
      'creationDate',
      'changeDate',
      'organizationId',
      'name',
      'state',
    ]);
    const apps = await call(`${APPLICATION}/ListApplications`, {
      filters: [{ nameFilter: { name: 'Gateway introspection' } }],
    });
    expect(apps.body.applications[0].apiConfiguration).toEqual({ clientId: SEED.apiClientId });
  });

  it('lists in pages', async () => {
    const page = async (offset: number) => {
      const { body } = await call('/v2/users', { query: { limit: 4, offset }, queries: [] });
      return [body.details.totalResult, body.result?.length];
    };
    expect([await page(0), await page(4), await page(8)]).toEqual([
      ['6', 4],
      ['6', 2],
      ['6', undefined],
    ]);
  });

  it('keys as files, which can be had once', async () => {
    const app = { projectId: SEED.projectId, applicationId: SEED.apiApplicationId };
    const { body } = await call(`${APPLICATION}/CreateApplicationKey`, {
      ...app,
      expirationDate: '2030-01-01T00:00:00Z',
    });
    const file = JSON.parse(atob(body.keyDetails));
    expect(file).toMatchObject({ type: 'application', keyId: body.keyId, clientId: SEED.apiClientId });
    expect(file.key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(bed.zitadel.apiApplication.keys.get(body.keyId)?.expiresAt).toBe(1_893_456_000);
    const service = await call(`/v2/users/${SEED.users.service}/keys`, {});
    expect(JSON.parse(atob(service.body.keyContent))).toMatchObject({
      type: 'serviceaccount',
      userId: SEED.users.service,
    });
  });

  it('secrets and tokens that work at once', async () => {
    const { clientSecret } = (await call(`/v2/users/${SEED.users.service}/secret`, {})).body;
    const form = { grant_type: 'client_credentials', client_id: 'svc-reader', client_secret: clientSecret };
    expect((await bed.post('/oauth/v2/token', { ...form, scope: 'openid' })).status).toBe(200);
    const made = (await call(`/v2/users/${SEED.users.service}/pats`, {})).body;
    expect((await bed.userinfo(made.token)).status).toBe(200);
  });

  it('metadata that comes in base64 and is base64url in the claims', async () => {
    const value = Buffer.from('ÿþ?').toString('base64');
    await call(`/v2/users/${SEED.users.user}/metadata`, { metadata: [{ key: 'sign', value }] });
    const login = await bed.login({ user: 'user', authorize: { scope: 'openid urn:zitadel:iam:user:metadata' } });
    const { body } = await bed.userinfo(login.access_token);
    expect(body['urn:zitadel:iam:user:metadata']).toEqual({ sign: Buffer.from('ÿþ?').toString('base64url') });
  });
});

describe('an update of an application by the stand-in’s API', () => {
  const update = (oidcConfiguration: object) =>
    call(`${APPLICATION}/UpdateApplication`, {
      projectId: SEED.projectId,
      applicationId: SEED.webApplicationId,
      oidcConfiguration,
    });

  it('makes defaults of four settings that it does not name, and leaves the rest', async () => {
    const { webApplication } = bed.zitadel;
    Object.assign(webApplication, {
      grantTypes: ['authorization_code', 'refresh_token', 'implicit'],
      responseTypes: ['code', 'id_token'],
      clockSkew: 3,
      loginVersion: { version: 'v2', baseUri: 'https://login.example/ui' },
      accessTokenType: 'JWT',
      additionalOrigins: ['https://spa.example'],
    });
    expect((await update({ postLogoutRedirectUris: ['https://b.example/out'] })).status).toBe(200);
    expect(webApplication).toMatchObject({
      grantTypes: ['authorization_code'],
      responseTypes: ['code'],
      clockSkew: 0,
      loginVersion: undefined,
      accessTokenType: 'JWT',
      additionalOrigins: ['https://spa.example'],
      redirectUris: [SEED.redirectUri],
      postLogoutRedirectUris: ['https://b.example/out'],
      backChannelLogoutUri: SEED.backChannelLogoutUri,
      devMode: true,
    });
  });

  it('wants the implicit grant for an ID token from the authorization endpoint', async () => {
    const responseTypes = ['OIDC_RESPONSE_TYPE_CODE', 'OIDC_RESPONSE_TYPE_ID_TOKEN'];
    const grantTypes = ['OIDC_GRANT_TYPE_AUTHORIZATION_CODE'];
    expect(await update({ responseTypes, grantTypes })).toMatchObject({
      status: 400,
      body: { code: 'invalid_argument' },
    });
    grantTypes.push('OIDC_GRANT_TYPE_IMPLICIT');
    expect((await update({ responseTypes, grantTypes })).status).toBe(200);
  });

  it('without a difference is a mistake', async () => {
    await update({ accessTokenRoleAssertion: true });
    expect(await update({ accessTokenRoleAssertion: true })).toMatchObject({
      status: 400,
      body: { code: 'failed_precondition', message: 'No changes (COMMAND-1m88i)' },
    });
  });
});
