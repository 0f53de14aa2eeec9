// The stand-in's management API: who may call it, how it says no, what it leaves out, and that what it makes counts at once.
// zitadel.project.v2, zitadel.application.v2, zitadel.authorization.v2, zitadel.user.v2; /management/v1.

import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiControl, apiControl } from '../../stand-in/api/control.ts';
import { type Answer, type Bed, createBed, SEED, signAssertion } from './support.ts';

const PROJECT = '/zitadel.project.v2.ProjectService';
const APPLICATION = '/zitadel.application.v2.ApplicationService';
const AUTHORIZATION = '/zitadel.authorization.v2.AuthorizationService';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let bed: Bed;
let control: ApiControl;
let token: string;
beforeEach(async () => {
  bed = createBed();
  control = apiControl(bed.zitadel.store);
  control.administrators.add(SEED.users.service);
  token = await bed.zitadel.createPersonalAccessToken(SEED.users.service);
});

async function call(
  path: string,
  body?: object,
  { method = 'POST', bearer = token } = {},
): Promise<Pick<Answer, 'status' | 'body'>> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (bearer !== '') headers['authorization'] = `Bearer ${bearer}`;
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await bed.zitadel.fetch(bed.issuer + path, init);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const createProject = async (name: string) => {
  const { body } = await call(`${PROJECT}/CreateProject`, { organizationId: SEED.organizationId, name });
  return body.projectId as string;
};

describe('who may call', () => {
  const list = (bearer: string) => call(`${PROJECT}/ListProjects`, {}, { bearer });

  it('nobody without a header, in both spellings', async () => {
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

describe('how it says no', () => {
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

describe('switches', () => {
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

describe('what it writes', () => {
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

  it('pages', async () => {
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

  it('keys as files, once', async () => {
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

  it('metadata: base64 in, base64url in the claims', async () => {
    const value = Buffer.from('ÿþ?').toString('base64');
    await call(`/v2/users/${SEED.users.user}/metadata`, { metadata: [{ key: 'sign', value }] });
    const login = await bed.login({ user: 'user', authorize: { scope: 'openid urn:zitadel:iam:user:metadata' } });
    const { body } = await bed.userinfo(login.access_token);
    expect(body['urn:zitadel:iam:user:metadata']).toEqual({ sign: Buffer.from('ÿþ?').toString('base64url') });
  });
});

describe('an update of an application', () => {
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

describe('readers come after what is written, by the lag of the projections', () => {
  const grant = (roleKeys: string[]) =>
    call(`${AUTHORIZATION}/CreateAuthorization`, {
      userId: SEED.users.nobody,
      projectId: SEED.projectId,
      organizationId: SEED.organizationId,
      roleKeys,
    });
  const listed = async () => {
    const filters = [{ inUserIds: { ids: [SEED.users.nobody] } }];
    const { body } = await call(`${AUTHORIZATION}/ListAuthorizations`, { filters });
    return body.authorizations?.[0]?.roles.map(({ key }: { key: string }) => key) ?? [];
  };

  beforeEach(() => {
    bed.zitadel.settings.projectionLag = 2;
  });

  it('lists and tokens lack a new grant and show the old state of a changed one', async () => {
    const { body } = await grant(['user']);
    expect(await listed()).toEqual([]);
    const early = await bed.login({ user: 'nobody' });
    expect(await bed.userinfo(early.access_token)).not.toHaveProperty(['body', 'urn:zitadel:iam:org:project:roles']);
    bed.clock.now += 2;
    expect(await listed()).toEqual(['user']);
    await call(`${AUTHORIZATION}/UpdateAuthorization`, { id: body.id, roleKeys: ['staff'] });
    bed.clock.now += 1;
    await call(`${AUTHORIZATION}/UpdateAuthorization`, { id: body.id, roleKeys: ['admin'] });
    expect(await listed()).toEqual(['user']);
    bed.clock.now += 1;
    expect(await listed()).toEqual(['staff']);
    bed.clock.now += 1;
    expect(await listed()).toEqual(['admin']);
  });

  it('a write knows what was written before it', async () => {
    await grant(['user']);
    expect(await grant(['user'])).toMatchObject({ status: 409, body: { code: 'already_exists' } });
  });

  it('a new secret is refused at first', async () => {
    const service = bed.zitadel.findUser('service');
    if (service.kind === 'machine') service.secret = undefined;
    const { clientSecret } = (await call(`/v2/users/${SEED.users.service}/secret`, {})).body;
    const form = { grant_type: 'client_credentials', client_id: 'svc-reader', client_secret: clientSecret };
    const early = await bed.post('/oauth/v2/token', form);
    expect(early.body.error_description).toBe('Errors.User.Machine.Secret.NotExisting');
    bed.clock.now += 2;
    expect((await bed.post('/oauth/v2/token', form)).status).toBe(200);
  });

  it('of two who read before they write, one loses', async () => {
    const { body } = await grant(['user']);
    bed.clock.now += 2;
    const seen = await listed();
    const add = (role: string) =>
      call(`${AUTHORIZATION}/UpdateAuthorization`, { id: body.id, roleKeys: [...seen, role] });
    await Promise.all([add('staff'), add('admin')]);
    bed.clock.now += 2;
    expect(await listed()).toHaveLength(2);
  });
});

describe('what it makes counts at once', () => {
  it('a new user signs in to a new application with a new role', async () => {
    const projectId = await createProject('New');
    await call(`${PROJECT}/UpdateProject`, { projectId, projectRoleAssertion: true });
    await call(`${PROJECT}/AddProjectRole`, { projectId, roleKey: 'boss', displayName: 'Boss' });
    const oidcConfiguration = {
      redirectUris: ['https://new.example/cb'],
      responseTypes: ['OIDC_RESPONSE_TYPE_CODE'],
      grantTypes: ['OIDC_GRANT_TYPE_AUTHORIZATION_CODE'],
      authMethodType: 'OIDC_AUTH_METHOD_TYPE_NONE',
    };
    const application = await call(`${APPLICATION}/CreateApplication`, { projectId, name: 'Web', oidcConfiguration });
    const { clientId } = application.body.oidcConfiguration;
    const organizationId = SEED.organizationId;
    const { body: user } = await call('/v2/users/new', {
      organizationId,
      username: 'bea',
      human: person('bea@x.example'),
    });
    await call(`${AUTHORIZATION}/CreateAuthorization`, {
      userId: user.id,
      projectId,
      organizationId,
      roleKeys: ['boss'],
    });
    const parameters = { client_id: clientId, redirect_uri: 'https://new.example/cb' };
    const login = await bed.login({ user: user.id, authorize: parameters, token: parameters });
    const { body } = await bed.userinfo(login.access_token);
    expect(body).toMatchObject({ sub: user.id, email: 'bea@x.example' });
    expect(Object.keys(body['urn:zitadel:iam:org:project:roles'])).toEqual(['boss']);
  });

  it('a role that is taken is gone from the next answer', async () => {
    const filters = [{ inUserIds: { ids: [SEED.users.staff] } }, { projectId: { id: SEED.projectId } }];
    const { authorizations } = (await call(`${AUTHORIZATION}/ListAuthorizations`, { filters })).body;
    expect(authorizations).toMatchObject([
      { user: { id: SEED.users.staff }, roles: [{ key: 'staff' }, { key: 'user' }] },
    ]);
    const login = await bed.login({ user: 'staff' });
    await call(`${AUTHORIZATION}/DeleteAuthorization`, { id: authorizations[0].id });
    const { body } = await bed.userinfo(login.access_token);
    expect(body).not.toHaveProperty('urn:zitadel:iam:org:project:roles');
    expect(await call(`${AUTHORIZATION}/DeleteAuthorization`, { id: authorizations[0].id })).toEqual({
      status: 200,
      body: {},
    });
  });
});

function person(email: string) {
  return { profile: { givenName: 'B', familyName: 'C' }, email: { email, isVerified: true } };
}

describe('the ends of things', () => {
  const users = async (userName: string, method?: string) => {
    const { body } = await call('/v2/users', { queries: [{ userNameQuery: { userName, method } }] });
    return ((body.result ?? []) as { username: string }[]).map(({ username }) => username);
  };

  it('a deactivated person can’t sign in and has no tokens, until they are active again', async () => {
    const { zitadel } = bed;
    const state = async (verb: string) => (await call(`/v2/users/${SEED.users.user}/${verb}`, {})).status;
    expect(await state('reactivate')).toBe(400);
    expect(await state('deactivate')).toBe(200);
    expect(zitadel.findUser(SEED.users.user).state).toBe('inactive');
    expect(await state('deactivate')).toBe(400);
    expect(await state('reactivate')).toBe(200);
    expect(zitadel.findUser(SEED.users.user).state).toBe('active');
  });

  it('a deleted person is gone, with their roles', async () => {
    expect((await call(`/v2/users/${SEED.users.admin}`, undefined, { method: 'DELETE' })).status).toBe(200);
    expect(await users('ada')).toEqual([]);
    const { authorizations } = bed.zitadel.store;
    expect([...authorizations.values()].filter(({ userId }) => userId === SEED.users.admin)).toEqual([]);
    expect((await call(`/v2/users/${SEED.users.admin}`, undefined, { method: 'DELETE' })).status).toBe(404);
  });

  it('a deleted personal access token is taken no more', async () => {
    const { body } = await call(`/v2/users/${SEED.users.service}/pats`, {});
    const bearer = body.token as string;
    expect((await call('/v2/users', {}, { bearer })).status).toBe(200);
    const path = `/v2/users/${SEED.users.service}/pats/${body.tokenId}`;
    expect((await call(path, undefined, { method: 'DELETE' })).status).toBe(200);
    expect((await call('/v2/users', {}, { bearer })).status).toBe(401);
  });

  it('a deleted project is gone, with its applications and roles of people', async () => {
    expect((await call(`${PROJECT}/DeleteProject`, { projectId: SEED.projectId })).status).toBe(200);
    const { projects, applications, authorizations } = bed.zitadel.store;
    const all = [
      ...projects.keys(),
      ...[...applications.values(), ...authorizations.values()].map((each) => each.projectId),
    ];
    expect(all).not.toContain(SEED.projectId);
  });

  it('names are compared whole, or by their beginning', async () => {
    expect(await users('ad')).toEqual([]);
    expect(await users('ad', 'TEXT_QUERY_METHOD_STARTS_WITH')).toEqual(['ada']);
    await createProject('Newest guest book');
    const filters = [{ projectNameFilter: { projectName: 'Newest', method: 'TEXT_FILTER_METHOD_STARTS_WITH' } }];
    const { body } = await call(`${PROJECT}/ListProjects`, { filters });
    expect(body.projects).toHaveLength(1);
  });
});
