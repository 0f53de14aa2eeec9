// What an API and a client ask about tokens: userinfo's refusals, introspection, revocation. Checklist points 4, 12, 16, 19.

import { describe, expect, it } from 'vitest';
import { createApplication, createMachineUser } from '../../stand-in/seed.ts';
import {
  ALL_ROLE_SCOPES,
  basic,
  CLIENT_ASSERTION_TYPE,
  claimsOf,
  createBed,
  PROJECT_ROLES,
  ROLES,
  SEED,
  signAssertion,
} from './support.ts';

describe('userinfo', () => {
  it('16 refuses with 401 and no WWW-Authenticate: no token, a bad one, an inactive user', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    const missing = await bed.get('/oidc/v1/userinfo');
    expect(missing).toMatchObject({
      status: 401,
      body: { error: 'invalid_request', error_description: 'access token missing' },
    });
    const bad = await bed.userinfo('eyJ.garbage');
    expect(bad).toMatchObject({
      status: 401,
      body: { error: 'access_denied', error_description: 'access token invalid' },
    });
    bed.zitadel.deactivateUser('staff');
    const inactive = await bed.userinfo(access_token);
    expect(inactive).toMatchObject({
      status: 401,
      body: { error: 'access_denied', error_description: 'no active user' },
    });
    for (const { headers } of [missing, bad, inactive]) expect(headers.has('www-authenticate')).toBe(false);
  });

  it('16 takes the token from a form too, and not after its time', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    expect((await bed.post('/oidc/v1/userinfo', { access_token })).body.sub).toBe(SEED.users.staff);
    bed.clock.now += 12 * 3600;
    expect((await bed.userinfo(access_token)).status).toBe(401);
  });

  it('16 takes no ID token and no refresh token for an access token', async () => {
    const bed = createBed();
    const { id_token, refresh_token } = await bed.login();
    expect((await bed.userinfo(id_token)).status).toBe(401);
    expect((await bed.userinfo(refresh_token)).status).toBe(401);
  });
});

describe('introspection', () => {
  it('12 describes a token to a sibling, with roles whatever the switches say', async () => {
    const bed = createBed();
    bed.zitadel.project.roleAssertion = false;
    const { access_token } = await bed.login({ authorize: { scope: 'openid profile' }, mfa: true });
    const { body } = await bed.introspect(access_token);
    expect(body).toMatchObject({
      active: true,
      scope: 'openid profile',
      client_id: SEED.webClientId,
      token_type: 'Bearer',
      sub: SEED.users.staff,
      aud: [SEED.webClientId, SEED.apiClientId, SEED.projectId],
      amr: ['pwd', 'otp', 'mfa'],
      iat: bed.clock.now,
      exp: bed.clock.now + 12 * 3600,
      auth_time: bed.clock.now,
      username: 'zoe@acme.zitadel.example',
    });
    expect(body.jti).toMatch(/^V2_\d+-at_\d+$/);
    expect(Object.keys(body[ROLES])).toEqual(['staff', 'user']);
    expect(body[PROJECT_ROLES]).toEqual(body[ROLES]);
  });

  it('12 hides the token from whom it is not meant for', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    const { store } = bed.zitadel;
    const api = { id: '9', clientId: '99', projectId: '77', kind: 'api', name: 'Elsewhere' } as const;
    store.applications.set('9', createApplication({ ...api, clientSecret: SEED.apiClientSecret }));
    store.projects.set('77', { ...bed.zitadel.project, id: '77' });
    const authorization = basic('99', SEED.apiClientSecret);
    const foreign = await bed.post('/oauth/v2/introspect', { token: access_token }, { authorization });
    expect(foreign).toMatchObject({ status: 200, body: { active: false } });
    const asked = await bed.login({ authorize: { scope: 'openid urn:zitadel:iam:org:project:id:77:aud' } });
    const meant = await bed.post('/oauth/v2/introspect', { token: asked.access_token }, { authorization });
    expect(meant.body.active).toBe(true);
  });

  it('12 says {"active":false} and no more of a token that is expired, of an inactive user, or garbage', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    bed.zitadel.deactivateUser('staff');
    expect((await bed.introspect(access_token)).body).toEqual({ active: false });
    bed.zitadel.activateUser('staff');
    expect((await bed.introspect(access_token)).body.active).toBe(true);
    bed.clock.now += 12 * 3600;
    expect((await bed.introspect(access_token)).body).toEqual({ active: false });
    expect((await bed.introspect('x')).body).toEqual({ active: false });
  });

  it('12 answers a malformed assertion with {"active":false}, a wrong one with 400', async () => {
    const bed = createBed();
    const { access_token: token } = await bed.login();
    const file = await bed.zitadel.createApplicationKey(SEED.apiApplicationId);
    const ask = (client_assertion: string) =>
      bed.post('/oauth/v2/introspect', { token, client_assertion, client_assertion_type: CLIENT_ASSERTION_TYPE });
    expect(await ask('not.a.jwt')).toMatchObject({ status: 200, body: { active: false } });
    const old = await ask(await signAssertion(file, bed, { exp: bed.clock.now - 1 }));
    expect(old).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    expect((await ask(await signAssertion(file, bed))).body.active).toBe(true);
  });

  it('4 refuses with 400: nobody, a wrong secret, no token', async () => {
    const bed = createBed();
    const nobody = await bed.post('/oauth/v2/introspect', { token: 'x' });
    expect(nobody).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'client_id or client_assertion must be provided' },
    });
    const wrong = await bed.post(
      '/oauth/v2/introspect',
      { token: 'x' },
      { authorization: basic(SEED.apiClientId, 'x') },
    );
    expect(wrong).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    expect((await bed.introspect('')).body).toEqual({ error: 'invalid_request', error_description: 'token missing' });
  });
});

describe('revocation', () => {
  const revoke = (bed: ReturnType<typeof createBed>, token: string, more: Record<string, string> = {}) =>
    bed.post('/oauth/v2/revoke', { token, client_id: SEED.webClientId, ...more });

  it('is 200 with an empty body, for garbage too', async () => {
    const bed = createBed();
    expect(await revoke(bed, 'garbage')).toMatchObject({ status: 200, body: '' });
    expect((await revoke(bed, (await bed.login()).refresh_token)).status).toBe(200);
  });

  it('of a refresh token takes the access token with it', async () => {
    const bed = createBed();
    const { access_token, refresh_token } = await bed.login();
    await revoke(bed, refresh_token);
    expect((await bed.userinfo(access_token)).status).toBe(401);
    expect((await bed.refresh(refresh_token)).body.error_description).toBe('Errors.OIDCSession.RefreshTokenInvalid');
  });

  it('of an access token leaves the refresh token', async () => {
    const bed = createBed();
    const { access_token, refresh_token } = await bed.login();
    await revoke(bed, access_token, { token_type_hint: 'refresh_token' });
    expect((await bed.userinfo(access_token)).status).toBe(401);
    expect((await bed.refresh(refresh_token)).status).toBe(200);
  });

  it('of a refresh token works whatever it is called', async () => {
    const bed = createBed();
    const { refresh_token } = await bed.login();
    expect((await revoke(bed, refresh_token, { token_type_hint: 'access_token' })).status).toBe(200);
    expect((await bed.refresh(refresh_token)).status).toBe(400);
  });

  it('by a client outside the audience is 401, the only one of its kind', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    const { store, webApplication } = bed.zitadel;
    store.applications.set('9', { ...webApplication, id: '9', clientId: '99', projectId: '77' });
    expect(await revoke(bed, access_token, { client_id: '99' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'token was not issued for this client' },
    });
    expect((await bed.userinfo(access_token)).status).toBe(200);
  });
});

describe('service users', () => {
  const PROJECT_AUD = `urn:zitadel:iam:org:project:id:${SEED.projectId}:aud`;
  const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

  it('get a token by secret, meant only for what they name, with suffixed roles', async () => {
    const bed = createBed();
    const service = bed.zitadel.findUser('service');
    if (service.kind === 'machine') service.accessTokenType = 'JWT';
    const form = { grant_type: 'client_credentials', scope: `${PROJECT_AUD} urn:zitadel:iam:org:projects:roles` };
    const authorization = basic('svc-reader', SEED.serviceSecret);
    const { body } = await bed.post('/oauth/v2/token', form, { authorization });
    expect(body).not.toHaveProperty('refresh_token');
    const claims = claimsOf(body.access_token);
    expect(claims).toMatchObject({ sub: SEED.users.service, aud: [SEED.projectId], client_id: 'svc-reader' });
    expect(Object.keys(claims[PROJECT_ROLES])).toEqual(['user']);
    expect(claims).not.toHaveProperty(ROLES);
    const seen = (await bed.introspect(body.access_token)).body;
    expect(seen).toMatchObject({ active: true, client_id: 'svc-reader', amr: ['pwd'] });
    expect(seen[ROLES]).toEqual(claims[PROJECT_ROLES]);
  });

  it('have nobody in the audience of an opaque token that names nobody', async () => {
    const bed = createBed();
    const authorization = basic('svc-reader', SEED.serviceSecret);
    const { body } = await bed.post('/oauth/v2/token', { grant_type: 'client_credentials' }, { authorization });
    expect((await bed.introspect(body.access_token)).body).toEqual({ active: false });
  });

  it('4 hear which half of their credentials is wrong', async () => {
    const bed = createBed();
    const ask = async (id: string, secret: string) =>
      (await bed.post('/oauth/v2/token', { grant_type: 'client_credentials', client_id: id, client_secret: secret }))
        .body;
    expect(await ask('nobody-such', 'x')).toEqual({ error: 'invalid_client', error_description: 'client not found' });
    expect((await ask('svc-reader', 'x')).error_description).toBe('Errors.User.Machine.Secret.Invalid');
    const organizationId = SEED.organizationId;
    const bare = createMachineUser({ id: '5', organizationId, username: 'svc-bare', name: 'Bare', updatedAt: 0 });
    bed.zitadel.store.users.set(bare.id, bare);
    expect((await ask('svc-bare', 'x')).error_description).toBe('Errors.User.Machine.Secret.NotExisting');
  });

  it('19 get a token by key file, and invalid_grant for a bad assertion', async () => {
    const bed = createBed();
    const file = await bed.zitadel.createServiceAccountKey(SEED.users.service);
    expect(file).toMatchObject({ type: 'serviceaccount', expirationDate: '9999-12-31T23:59:59Z' });
    expect(file.key).toContain('BEGIN RSA PRIVATE KEY');
    const ask = async (assertion: string) =>
      bed.post('/oauth/v2/token', { grant_type: JWT_BEARER, scope: `openid ${PROJECT_AUD}`, assertion });
    const { body } = await ask(await signAssertion(file, bed));
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'token_type']);
    expect((await bed.introspect(body.access_token)).body).not.toHaveProperty('amr');
    const idToken = claimsOf(body.id_token);
    expect(idToken).toMatchObject({ aud: [SEED.projectId, 'svc-reader'], exp: idToken.iat, azp: 'svc-reader' });
    expect((await ask(await signAssertion(file, bed, { aud: 'x' }))).body).toEqual({
      error: 'invalid_grant',
      error_description: 'invalid assertion',
    });
  });

  it('12 have personal access tokens that any API may introspect', async () => {
    const bed = createBed();
    const token = await bed.zitadel.createPersonalAccessToken(SEED.users.service);
    expect(token.split('.')).toHaveLength(5);
    const { body } = await bed.introspect(token);
    expect(body).toMatchObject({
      active: true,
      aud: [SEED.apiClientId, SEED.projectId],
      username: 'svc-reader@acme.zitadel.example',
    });
    for (const name of ['client_id', 'auth_time', 'amr']) expect(body).not.toHaveProperty(name);
    for (const scope of ALL_ROLE_SCOPES) expect(body.scope.split(' ')).toContain(scope);
    expect(Object.keys(body[ROLES])).toEqual(['user']);
  });

  it('act for somebody by token exchange, where the instance allows it', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.grantTypes.push('urn:ietf:params:oauth:grant-type:token-exchange');
    const { access_token: actor_token } = await bed.login({ user: 'admin' });
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: SEED.webClientId,
      subject_token: SEED.users.user,
      subject_token_type: 'urn:zitadel:params:oauth:token-type:user_id',
      actor_token,
      actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      scope: 'openid profile',
    };
    expect(await bed.post('/oauth/v2/token', form)).toMatchObject({ status: 403, body: { error: 'invalid_request' } });
    bed.zitadel.settings.enableImpersonation = true;
    const { body } = await bed.post('/oauth/v2/token', form);
    expect(claimsOf(body.access_token)).toMatchObject({
      sub: SEED.users.user,
      act: { iss: bed.issuer, sub: SEED.users.admin },
    });
    expect(body.scope).toBe('openid profile');
  });
});
