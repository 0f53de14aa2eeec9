// The token endpoint: refresh tokens, and how clients say who they are.

import { describe, expect, it } from 'vitest';
import { basic, CLIENT_ASSERTION_TYPE, claimsOf, createBed, SEED, signAssertion } from './support.ts';

describe('a refresh token of the stand-in', () => {
  const DEAD = {
    status: 400,
    body: { error: 'invalid_request', error_description: 'Errors.OIDCSession.RefreshTokenInvalid' },
  };

  it('rotates without grace: the old token is invalid_request at once, and the new one lives on', async () => {
    const bed = createBed();
    const first = await bed.login();
    const second = (await bed.refresh(first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await bed.refresh(first.refresh_token)).toMatchObject(DEAD);
    expect((await bed.refresh(second.refresh_token)).status).toBe(200);
  });

  it('kills the access token before, and no other', async () => {
    const bed = createBed();
    const other = await bed.login();
    const first = await bed.login();
    const second = (await bed.refresh(first.refresh_token)).body;
    expect((await bed.userinfo(first.access_token)).status).toBe(401);
    expect((await bed.introspect(first.access_token)).body).toEqual({ active: false });
    expect((await bed.userinfo(second.access_token)).status).toBe(200);
    expect((await bed.userinfo(other.access_token)).status).toBe(200);
  });

  it('lets one of many at the same moment win', async () => {
    const bed = createBed();
    const { refresh_token } = await bed.login();
    const answers = await Promise.all(Array.from({ length: 5 }, () => bed.refresh(refresh_token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('ends idle after 30 days, in any case after 90', async () => {
    const bed = createBed();
    const idle = await bed.login();
    bed.clock.now += 30 * 86_400;
    expect(await bed.refresh(idle.refresh_token)).toMatchObject(DEAD);
    let { refresh_token } = await bed.login();
    for (let month = 0; month < 3; month += 1) {
      bed.clock.now += 30 * 86_400 - 1;
      refresh_token = (await bed.refresh(refresh_token)).body.refresh_token;
      expect(refresh_token).toBeDefined();
    }
    bed.clock.now += 3;
    expect(await bed.refresh(refresh_token)).toMatchObject(DEAD);
  });

  it('gives a new ID token with the same nonce, auth_time and sid', async () => {
    const bed = createBed();
    const first = await bed.login();
    bed.clock.now += 100;
    const [before, after] = [first, (await bed.refresh(first.refresh_token)).body].map(({ id_token }) =>
      claimsOf(id_token),
    );
    expect(after.iat).toBe(before.iat + 100);
    expect(after.at_hash).not.toBe(before.at_hash);
    for (const name of ['nonce', 'auth_time', 'sid', 'sub']) expect(after[name]).toBe(before[name]);
    expect(after.nonce).toBe('nonce-1');
  });

  it('of a deactivated application is over, and what it has got stays good', async () => {
    const bed = createBed();
    const { refresh_token, access_token } = await bed.login();
    bed.zitadel.webApplication.active = false;
    expect(await bed.refresh(refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    expect((await bed.userinfo(access_token)).status).toBe(200);
    const authorize = await bed.get(bed.authorizeUrl().slice(bed.issuer.length));
    expect(authorize).toMatchObject({ status: 400, body: { error_description: 'Errors.App.NotFound' } });
  });

  it('knows the inactive user, the other client, the wider scope and the missing token', async () => {
    const bed = createBed();
    const { refresh_token } = await bed.login();
    expect((await bed.refresh(refresh_token, { scope: 'openid phone' })).body).toEqual({ error: 'invalid_scope' });
    const sibling = { ...bed.zitadel.webApplication, id: '2', clientId: '22' };
    bed.zitadel.store.applications.set('2', sibling);
    expect((await bed.refresh(refresh_token, { client_id: '22' })).body.error).toBe('invalid_client');
    bed.zitadel.deactivateUser('staff');
    expect((await bed.refresh(refresh_token)).body.error_description).toBe('Errors.User.NotActive');
    expect((await bed.refresh('')).body.error_description).toBe('refresh_token missing');
    bed.zitadel.activateUser('staff');
    expect((await bed.refresh(refresh_token)).status).toBe(200);
  });
});

describe('client authentication at the stand-in', () => {
  it('ignores a secret that a public client sends', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code');
    expect((await bed.exchange(code, { client_secret: 'random' })).status).toBe(200);
  });

  it('takes a secret by either transport, form-encoded inside Basic, and refuses with 400', async () => {
    const bed = createBed();
    Object.assign(bed.zitadel.webApplication, { authMethod: 'client_secret_post', clientSecret: 'p:ä+ %' });
    const code = async () => (await bed.signIn()).get('code');
    const authorization = basic(SEED.webClientId, 'p:ä+ %');
    expect((await bed.exchange(await code(), { client_id: '' }, { authorization })).status).toBe(200);
    expect((await bed.exchange(await code(), { client_secret: 'p:ä+ %' })).status).toBe(200);
    const wrong = await bed.exchange(await code(), { client_secret: 'p' });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid secret' },
    });
    expect((await bed.exchange(await code())).body.error_description).toBe('empty client secret');
  });

  async function createKeyClient() {
    const bed = createBed();
    bed.zitadel.webApplication.authMethod = 'private_key_jwt';
    const file = await bed.zitadel.createApplicationKey(SEED.webApplicationId);
    const send = async (client_assertion: string) =>
      bed.exchange((await bed.signIn()).get('code'), {
        client_id: '',
        client_assertion_type: CLIENT_ASSERTION_TYPE,
        client_assertion,
      });
    return { bed, file, send };
  }

  it('hands out PKCS#1 key files and takes assertions signed with them, again and again', async () => {
    const { bed, file, send } = await createKeyClient();
    expect(file).toMatchObject({ type: 'application', appId: SEED.webApplicationId, clientId: SEED.webClientId });
    expect(file.key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const assertion = await signAssertion(file, bed);
    expect((await send(assertion)).status).toBe(200);
    expect((await send(assertion)).status).toBe(200);
  });

  it.each([
    ['the token endpoint as audience', { aud: 'https://zitadel.test/oauth/v2/token' }],
    ['another subject than its issuer', { sub: 'x' }],
    ['one that is over', { exp: 1_759_999_999 }],
    ['one without iat', { iat: undefined }],
    ['one from the future', { iat: 1_760_000_010 }],
    ['one of more than an hour', { iat: 1_759_996_000 }],
  ])('refuses %s', async (_name, claims) => {
    const { bed, file, send } = await createKeyClient();
    const answer = await send(await signAssertion(file, bed, claims));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid assertion' },
    });
  });

  it('takes no assertion from a client that is registered for another method', async () => {
    const { bed, file, send } = await createKeyClient();
    bed.zitadel.webApplication.authMethod = 'none';
    expect((await send(await signAssertion(file, bed))).body.error_description).toBe('invalid assertion');
  });

  it('wants an assertion from such a client, and its own key', async () => {
    const { bed, file, send } = await createKeyClient();
    expect((await bed.exchange((await bed.signIn()).get('code'))).body.error_description).toBe(
      'empty client assertion',
    );
    const foreign = await createBed().zitadel.createApplicationKey(SEED.webApplicationId);
    expect((await send(await signAssertion({ ...foreign, keyId: file.keyId }, bed))).status).toBe(400);
  });
});
