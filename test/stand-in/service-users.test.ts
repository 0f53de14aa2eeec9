// Service users of the stand-in: credentials, key files, personal access tokens, token exchange.

import { describe, expect, it } from 'vitest';
import { createMachineUser } from '../../stand-in/seed-makers.ts';
import { ALL_ROLE_SCOPES, basic, claimsOf, createBed, PROJECT_ROLES, ROLES, SEED, signAssertion } from './support.ts';

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

  it('hear which half of their credentials is wrong', async () => {
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

  it('get a token by key file, and invalid_grant for a bad assertion', async () => {
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

  it('have personal access tokens that any API may introspect', async () => {
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
