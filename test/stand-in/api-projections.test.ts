// The stand-in’s management API: when what it has made counts, when it can be read, and how things end.
// zitadel.project.v2, zitadel.application.v2, zitadel.authorization.v2, zitadel.user.v2; /management/v1.

import { beforeEach, describe, expect, it } from 'vitest';
import { APPLICATION, type ApiBed, AUTHORIZATION, createApiBed, PROJECT, person } from './api-bed.ts';
import { type Bed, SEED } from './support.ts';

let bed: Bed;
let call: ApiBed['call'];
let createProject: ApiBed['createProject'];
beforeEach(async () => {
  ({ bed, call, createProject } = await createApiBed());
});

describe('the stand-in’s API: readers come after what is written, by the lag of the projections', () => {
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

describe('the stand-in’s API: what it makes counts at once', () => {
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

describe('the stand-in’s API ends things', () => {
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
