// The stand-in’s management API: who may call it, and how it says no.
// zitadel.project.v2, zitadel.application.v2, zitadel.authorization.v2, zitadel.user.v2; /management/v1.

import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiControl } from '../../stand-in/api/control.ts';
import { APPLICATION, type ApiBed, AUTHORIZATION, createApiBed, PROJECT, person } from './api-bed.ts';
import { type Bed, SEED, signAssertion } from './support.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
let bed: Bed;
let control: ApiControl;
let token: string;
let call: ApiBed['call'];
beforeEach(async () => {
  ({ bed, control, token, call } = await createApiBed());
});

describe('the stand-in’s API may be called by', () => {
  const list = (bearer: string) => call(`${PROJECT}/ListProjects`, {}, { bearer });

  it('nobody without an Authorization header, in both spellings of the error', async () => {
    expect(await list('')).toEqual({ status: 401, body: { code: 'unauthenticated', message: 'auth header missing' } });
    const rest = await call('/v2/users', {}, { bearer: '' });
    expect(rest).toEqual({ status: 401, body: { code: 16, message: 'auth header missing', details: [] } });
  });

  it('nobody with a token of no use', async () => {
    const { status, body } = await list('nonsense');
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'unauthenticated', message: 'Errors.Token.Invalid (AUTH-7fs1e)' });
    expect(body.details[0].debug).toEqual({ id: 'AUTH-7fs1e', message: 'Errors.Token.Invalid' });
  });

  it.each([
    ['', 401],
    [' urn:zitadel:iam:org:project:id:zitadel:aud', 200],
  ])('a service account’s key, only with ZITADEL in the audience: openid%s', async (scope, status) => {
    const assertion = await signAssertion(await bed.zitadel.createServiceAccountKey(SEED.users.service), bed);
    const form = { grant_type: JWT_BEARER, assertion, scope: `openid${scope}` };
    const { body } = await bed.post('/oauth/v2/token', form);
    const answer = await list(body.access_token);
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.body.message).toBe('Errors.Token.Invalid (AUTH-7fs1e)');
  });

  it('nobody without an administrator’s role, and an owner in their own organisation only', async () => {
    const other = await call(`${PROJECT}/CreateProject`, { organizationId: SEED.otherOrganizationId, name: 'x' });
    expect(other).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    control.administrators.clear();
    expect(await list(token)).toMatchObject({ status: 404, body: { message: 'membership not found (AUTHZ-cdgFk)' } });
    control.members.add(SEED.users.service);
    expect((await list(token)).body.message).toBe('No matching permissions found (AUTH-5mWD2)');
    const rest = await call('/management/v1/projects/_search', {});
    expect(rest).toMatchObject({ status: 403, body: { code: 7, details: [{ id: 'AUTH-5mWD2' }] } });
  });
});

describe('the stand-in’s API refuses', () => {
  it.each([
    [
      `${PROJECT}/CreateProject`,
      { organizationId: SEED.organizationId, name: 'Old applications' },
      409,
      'already_exists',
    ],
    [`${PROJECT}/CreateProject`, { organizationId: SEED.organizationId }, 400, 'invalid_argument'],
    [`${PROJECT}/AddProjectRole`, { projectId: '1', roleKey: 'a', displayName: 'A' }, 404, 'not_found'],
    [
      `${PROJECT}/AddProjectRole`,
      { projectId: SEED.projectId, roleKey: 'admin', displayName: 'A' },
      409,
      'already_exists',
    ],
    [
      `${APPLICATION}/CreateApplication`,
      { projectId: SEED.projectId, name: 'Gateway', apiConfiguration: {} },
      409,
      'already_exists',
    ],
    [`${APPLICATION}/UpdateApplication`, { projectId: SEED.projectId, applicationId: '1' }, 404, 'not_found'],
    [`${AUTHORIZATION}/UpdateAuthorization`, { id: '1', roleKeys: [] }, 404, 'not_found'],
    [
      `${AUTHORIZATION}/CreateAuthorization`,
      { userId: SEED.users.nobody, projectId: SEED.projectId, organizationId: SEED.organizationId, roleKeys: ['boss'] },
      400,
      'failed_precondition',
    ],
    ['/zitadel.something.v2.SomethingService/Do', {}, 404, 5],
  ])('%s %j: %d', async (path, body, status, code) => {
    expect(await call(path, body)).toMatchObject({ status, body: { code } });
  });

  it('a method that its service lacks, in plain text', async () => {
    const response = await bed.zitadel.fetch(`${bed.issuer}${PROJECT}/DoSomething`, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
  });

  it('in the language of the server: only the id in brackets is the same', async () => {
    const body = { organizationId: SEED.organizationId, name: 'Old applications' };
    const said = async () => (await call(`${PROJECT}/CreateProject`, body)).body.message;
    expect(await said()).toBe('Project already exists on organization (V3-DKcYh)');
    control.translate = () => 'Das gibt es schon';
    expect(await said()).toBe('Das gibt es schon (V3-DKcYh)');
  });

  it.each([
    ['GET', '/v2/users/1', undefined, 404, { code: 5, message: 'User could not be found (QUERY-Dfbg2)' }],
    [
      'POST',
      '/v2/users/new',
      { organizationId: SEED.organizationId, username: 'ada', human: person('ada@x.example') },
      409,
      { code: 6 },
    ],
    ['POST', `/v2/users/${SEED.users.admin}/keys`, {}, 400, { code: 9 }],
    [
      'PUT',
      `/management/v1/projects/${SEED.projectId}`,
      { name: 'Old applications', projectRoleAssertion: true },
      400,
      { code: 9 },
    ],
    ['POST', '/management/v1/nothing', {}, 404, { code: 5, message: 'Not Found', details: [] }],
  ])('%s %s %j: %d', async (method, path, body, status, answer) => {
    expect(await call(path, body, { method })).toMatchObject({ status, body: answer });
  });

  it('a back-channel URI on the deny list', async () => {
    bed.zitadel.settings.backChannelDenyList = true;
    const oidcConfiguration = { redirectUris: ['https://a.example/cb'], backChannelLogoutUri: 'http://localhost/x' };
    const { status, body } = await call(`${APPLICATION}/CreateApplication`, {
      projectId: SEED.projectId,
      name: 'x',
      oidcConfiguration,
    });
    expect([status, body.message]).toEqual([400, 'Errors.Project.App.Blocked.BackchannelLogoutURL (PROJECT-msNebo)']);
  });
});
