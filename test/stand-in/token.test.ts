// The token endpoint: checklist points 1, 2, 4, 19, 20, 22.

import { describe, expect, it } from 'vitest';
import { basic, CLIENT_ASSERTION_TYPE, claimsOf, createBed, SEED, signAssertion, VERIFIER } from './support.ts';

describe('opaque tokens', () => {
  it('1 are compact JWEs: five parts, eyJ in front, the refresh token with a kid', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code') ?? '';
    const { access_token, refresh_token } = (await bed.exchange(code)).body;
    for (const token of [code, access_token, refresh_token]) {
      expect(token.split('.')).toHaveLength(5);
      expect(token).toMatch(/^eyJ/);
    }
    const headerOf = (token: string) =>
      JSON.parse(atob((token.split('.')[0] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
    expect(headerOf(access_token)).toMatchObject({ alg: 'A256GCMKW', enc: 'A256GCM' });
    expect(headerOf(access_token)).not.toHaveProperty('kid');
    expect(headerOf(refresh_token).kid).toBe('oidcKey');
  });

  it('1 are short base64url in legacy mode, and unreadable when that is switched off', async () => {
    const bed = createBed({ settings: { legacyTokens: true } });
    const { access_token } = await bed.login();
    expect(access_token).toMatch(/^[\w-]{90,115}$/);
    expect((await bed.userinfo(access_token)).status).toBe(200);
    bed.zitadel.settings.legacyTokens = false;
    expect((await bed.userinfo(access_token)).status).toBe(401);
  });

  it('1 are worth nothing cut short', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    expect((await bed.introspect(access_token.slice(0, -1))).body).toEqual({ active: false });
  });
});

describe('the answer', () => {
  it('20 has no scope, and expires_in is one second short', async () => {
    const bed = createBed();
    const { status, body, headers } = await bed.exchange((await bed.signIn()).get('code'));
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type']);
    expect(body.expires_in).toBe(43_199);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('20 has a refresh token only for offline_access and a client that may refresh', async () => {
    const bed = createBed();
    expect(await bed.login({ authorize: { scope: 'openid' } })).not.toHaveProperty('refresh_token');
    bed.zitadel.webApplication.grantTypes = ['authorization_code'];
    const { refresh_token } = await bed.login();
    expect(refresh_token).toBeUndefined();
    expect((await bed.refresh('whatever')).body).toEqual({
      error: 'unauthorized_client',
      error_description: 'grant_type "refresh_token" not allowed',
    });
  });

  it('20 has no ID token without openid', async () => {
    expect(await createBed().login({ authorize: { scope: 'profile' } })).not.toHaveProperty('id_token');
  });
});

describe('code', () => {
  it.each([
    ['garbage', {}, 'invalid_request', 'Errors.User.Code.Invalid'],
    [undefined, { code_verifier: 'x' }, 'invalid_grant', 'invalid code_verifier'],
    [undefined, { code_verifier: '' }, 'invalid_request', 'code_verifier required'],
    [undefined, { redirect_uri: 'http://x/' }, 'invalid_grant', 'redirect_uri does not correspond'],
    [undefined, { client_id: '1' }, 'invalid_client', 'no active client not found'],
    [undefined, { client_id: '' }, 'invalid_request', 'client_id or client_assertion must be provided'],
    [undefined, { grant_type: 'foo' }, 'unsupported_grant_type', 'foo not supported'],
    [undefined, { grant_type: '' }, 'invalid_request', 'grant_type missing'],
  ])('4 %s with %o is 400 %s', async (code, changes, error, error_description) => {
    const bed = createBed();
    const answer = await bed.exchange(code ?? (await bed.signIn()).get('code'), changes);
    expect(answer).toMatchObject({ status: 400, body: { error, error_description } });
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('is used once, and what it gave stays good', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code');
    const { access_token } = (await bed.exchange(code)).body;
    expect((await bed.exchange(code)).body).toEqual({
      error: 'invalid_request',
      error_description: 'Errors.AuthRequest.NoCode',
    });
    expect((await bed.userinfo(access_token)).status).toBe(200);
    bed.zitadel.settings.loginVersion = 'v1';
    const old = (await bed.signIn()).get('code');
    expect((await bed.exchange(old)).status).toBe(200);
    expect(await bed.exchange(old)).toMatchObject({
      status: 404,
      body: { error: 'invalid_request', error_description: 'Errors.AuthRequest.NotFound' },
    });
  });

  it('is used once by two at the same moment too', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code');
    const answers = await Promise.all([bed.exchange(code), bed.exchange(code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('survives a wrong verifier', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code');
    expect((await bed.exchange(code, { code_verifier: 'x' })).status).toBe(400);
    expect((await bed.exchange(code)).status).toBe(200);
  });

  it('has no time limit', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code');
    bed.clock.now += 86_400;
    expect((await bed.exchange(code)).status).toBe(200);
  });

  it('is dead when its session ended before', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code');
    bed.zitadel.terminateUserSessions('staff');
    expect(await bed.exchange(code)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'Errors.Session.Terminated' },
    });
  });

  it('22 is taken without PKCE from a public client that sent no challenge, but not with a stray verifier', async () => {
    const bed = createBed();
    const authorize = { code_challenge: undefined, code_challenge_method: undefined };
    const code = (await bed.signIn({ authorize })).get('code');
    const stray = await bed.exchange(code, { code_verifier: VERIFIER });
    expect(stray.body.error_description).toBe('code_verifier unexpectedly provided');
    expect((await bed.exchange(code, { code_verifier: '' })).status).toBe(200);
  });

  it('is taken from the query string and by GET', async () => {
    const bed = createBed();
    const params = new URLSearchParams({
      grant_type: 'authorization_code',
      code: (await bed.signIn()).get('code') ?? '',
      redirect_uri: SEED.redirectUri,
      client_id: SEED.webClientId,
      code_verifier: VERIFIER,
    });
    expect((await bed.get(`/oauth/v2/token?${params}`)).status).toBe(200);
  });
});

describe('refresh', () => {
  const DEAD = {
    status: 400,
    body: { error: 'invalid_request', error_description: 'Errors.OIDCSession.RefreshTokenInvalid' },
  };

  it('2 rotates without grace: the old token is invalid_request at once, and the new one lives on', async () => {
    const bed = createBed();
    const first = await bed.login();
    const second = (await bed.refresh(first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await bed.refresh(first.refresh_token)).toMatchObject(DEAD);
    expect((await bed.refresh(second.refresh_token)).status).toBe(200);
  });

  it('2 kills the access token before, and no other', async () => {
    const bed = createBed();
    const other = await bed.login();
    const first = await bed.login();
    const second = (await bed.refresh(first.refresh_token)).body;
    expect((await bed.userinfo(first.access_token)).status).toBe(401);
    expect((await bed.introspect(first.access_token)).body).toEqual({ active: false });
    expect((await bed.userinfo(second.access_token)).status).toBe(200);
    expect((await bed.userinfo(other.access_token)).status).toBe(200);
  });

  it('2 lets one of many at the same moment win', async () => {
    const bed = createBed();
    const { refresh_token } = await bed.login();
    const answers = await Promise.all(Array.from({ length: 5 }, () => bed.refresh(refresh_token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('2 ends idle after 30 days, in any case after 90', async () => {
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

  it('2 gives a new ID token with the same nonce, auth_time and sid', async () => {
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

  it('2 knows the inactive user, the other client, the wider scope and the missing token', async () => {
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

describe('client authentication', () => {
  it('4 ignores a secret that a public client sends', async () => {
    const bed = createBed();
    const code = (await bed.signIn()).get('code');
    expect((await bed.exchange(code, { client_secret: 'random' })).status).toBe(200);
  });

  it('4 takes a secret by either transport, form-encoded inside Basic, and refuses with 400', async () => {
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

  it('19 hands out PKCS#1 key files and takes assertions signed with them, again and again', async () => {
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
  ])('19 refuses %s', async (_name, claims) => {
    const { bed, file, send } = await createKeyClient();
    const answer = await send(await signAssertion(file, bed, claims));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid assertion' },
    });
  });

  it('19 takes no assertion from a client that is registered for another method', async () => {
    const { bed, file, send } = await createKeyClient();
    bed.zitadel.webApplication.authMethod = 'none';
    expect((await send(await signAssertion(file, bed))).body.error_description).toBe('invalid assertion');
  });

  it('19 wants an assertion from such a client, and its own key', async () => {
    const { bed, file, send } = await createKeyClient();
    expect((await bed.exchange((await bed.signIn()).get('code'))).body.error_description).toBe(
      'empty client assertion',
    );
    const foreign = await createBed().zitadel.createApplicationKey(SEED.webApplicationId);
    expect((await send(await signAssertion({ ...foreign, keyId: file.keyId }, bed))).status).toBe(400);
  });
});
