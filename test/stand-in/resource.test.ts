// What an API and a client ask about tokens: userinfo’s refusals, introspection, revocation.

import { describe, expect, it } from 'vitest';
import { createApplication } from '../../stand-in/seed-makers.ts';
import { basic, CLIENT_ASSERTION_TYPE, createBed, PROJECT_ROLES, ROLES, SEED, signAssertion } from './support.ts';

describe('userinfo of the stand-in', () => {
  it('refuses with 401 and no WWW-Authenticate: no token, a bad one, an inactive user', async () => {
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

  it('takes the token from a form too, and not after its time', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    expect((await bed.post('/oidc/v1/userinfo', { access_token })).body.sub).toBe(SEED.users.staff);
    bed.clock.now += 12 * 3600;
    expect((await bed.userinfo(access_token)).status).toBe(401);
  });

  it('takes no ID token and no refresh token for an access token', async () => {
    const bed = createBed();
    const { id_token, refresh_token } = await bed.login();
    expect((await bed.userinfo(id_token)).status).toBe(401);
    expect((await bed.userinfo(refresh_token)).status).toBe(401);
  });
});

describe('introspection at the stand-in', () => {
  it('describes a token to a sibling, with roles whatever the switches say', async () => {
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

  it('hides the token from whom it is not meant for', async () => {
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

  it('says {"active":false} and no more of a token that is expired, of an inactive user, or garbage', async () => {
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

  it('answers a malformed assertion with {"active":false}, a wrong one with 400', async () => {
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

  it('refuses with 400: nobody, a wrong secret, no token', async () => {
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

describe('revocation at the stand-in', () => {
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
