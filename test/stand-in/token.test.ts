// The token endpoint: tokens, its answer, and codes.

import { describe, expect, it } from 'vitest';
import { createBed, SEED, VERIFIER } from './support.ts';

describe('opaque tokens of the stand-in', () => {
  it('are compact JWEs: five parts, eyJ in front, the refresh token with a kid', async () => {
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

  it('are short base64url in legacy mode, and unreadable when that is switched off', async () => {
    const bed = createBed({ settings: { legacyTokens: true } });
    const { access_token } = await bed.login();
    expect(access_token).toMatch(/^[\w-]{90,115}$/);
    expect((await bed.userinfo(access_token)).status).toBe(200);
    bed.zitadel.settings.legacyTokens = false;
    expect((await bed.userinfo(access_token)).status).toBe(401);
  });

  it('are worth nothing cut short', async () => {
    const bed = createBed();
    const { access_token } = await bed.login();
    expect((await bed.introspect(access_token.slice(0, -1))).body).toEqual({ active: false });
  });
});

describe('the answer of the stand-in’s token endpoint', () => {
  it('has no scope, and expires_in is one second short', async () => {
    const bed = createBed();
    const { status, body, headers } = await bed.exchange((await bed.signIn()).get('code'));
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type']);
    expect(body.expires_in).toBe(43_199);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('has a refresh token only for offline_access and a client that may refresh', async () => {
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

  it('has no ID token without openid', async () => {
    expect(await createBed().login({ authorize: { scope: 'profile' } })).not.toHaveProperty('id_token');
  });
});

describe('a code of the stand-in', () => {
  it.each([
    ['garbage', {}, 'invalid_request', 'Errors.User.Code.Invalid'],
    [undefined, { code_verifier: 'x' }, 'invalid_grant', 'invalid code_verifier'],
    [undefined, { code_verifier: '' }, 'invalid_request', 'code_verifier required'],
    [undefined, { redirect_uri: 'http://x/' }, 'invalid_grant', 'redirect_uri does not correspond'],
    [undefined, { client_id: '1' }, 'invalid_client', 'no active client not found'],
    [undefined, { client_id: '' }, 'invalid_request', 'client_id or client_assertion must be provided'],
    [undefined, { grant_type: 'foo' }, 'unsupported_grant_type', 'foo not supported'],
    [undefined, { grant_type: '' }, 'invalid_request', 'grant_type missing'],
  ])('with grant %s and %o is 400 %s', async (code, changes, error, error_description) => {
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

  it('is taken without PKCE from a public client that sent no challenge, but not with a stray verifier', async () => {
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
