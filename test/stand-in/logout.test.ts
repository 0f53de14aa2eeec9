// Ending sessions: end_session in three modes.

import { describe, expect, it } from 'vitest';
import type { Browser } from '../../stand-in/sign-in.ts';
import { endSession } from './end-session.ts';
import { type Bed, claimsOf, createBed, SEED } from './support.ts';

const BACK = SEED.postLogoutRedirectUri;

async function isAlive(bed: Bed, browser: Browser): Promise<boolean> {
  const { access_token } = await bed.login({ user: 'admin', browser });
  return (await bed.userinfo(access_token)).body.sub !== SEED.users.admin;
}

describe('end_session with a hint', () => {
  it('ends the session without the browser’s cookie and goes to the registered URI with state', async () => {
    const bed = createBed();
    const browser = new Map();
    const { id_token, access_token } = await bed.login({ browser });
    const { status, headers } = await endSession(bed, {
      id_token_hint: id_token,
      client_id: SEED.webClientId,
      post_logout_redirect_uri: BACK,
      state: 'a&b',
    });
    expect([status, headers.get('location')]).toEqual([302, `${BACK}?state=a%26b`]);
    expect((await bed.userinfo(access_token)).status).toBe(401);
    expect(await isAlive(bed, browser)).toBe(false);
  });

  it('takes an expired hint, and one from before a key rotation, until that key is deleted', async () => {
    const bed = createBed();
    const { id_token: id_token_hint } = await bed.login();
    bed.clock.now += 13 * 3600;
    await bed.zitadel.rotateKeys();
    expect((await endSession(bed, { id_token_hint })).status).toBe(302);
    await bed.zitadel.webKeys.delete();
    expect(await endSession(bed, { id_token_hint })).toMatchObject({
      status: 404,
      body: { error: 'invalid_request', error_description: 'Errors.WebKey.NotFound' },
    });
  });

  it('is at a loss with a broken signature, and refuses what is no token', async () => {
    const bed = createBed();
    const { id_token } = await bed.login();
    const broken = `${id_token.slice(0, id_token.lastIndexOf('.'))}.${'A'.repeat(342)}`;
    expect(await endSession(bed, { id_token_hint: broken })).toMatchObject({
      status: 500,
      body: { error: 'server_error', error_description: 'Errors.Internal' },
    });
    expect(await endSession(bed, { id_token_hint: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'id_token_hint invalid' },
    });
  });

  it('V1 ends every session of that browser, other people’s too, without its cookies', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const [browser, elsewhere] = [new Map(), new Map()];
    const staff = await bed.login({ browser });
    const admin = await bed.login({ user: 'admin', browser, authorize: { prompt: 'login' } });
    const other = await bed.login({ user: 'admin', browser: elsewhere });
    await endSession(bed, { id_token_hint: admin.id_token });
    const statusOf = async ({ access_token }: { access_token: string }) => (await bed.userinfo(access_token)).status;
    expect([await statusOf(staff), await statusOf(admin), await statusOf(other)]).toEqual([401, 401, 200]);
  });

  it('refuses an unregistered URI and keeps the session', async () => {
    const bed = createBed();
    const browser = new Map();
    const { id_token } = await bed.login({ browser });
    const answer = await endSession(bed, { id_token_hint: id_token, post_logout_redirect_uri: `${BACK}/` });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'post_logout_redirect_uri invalid' },
    });
    expect(await isAlive(bed, browser)).toBe(true);
  });

  it('refuses another client_id than the hint’s, and the hint of another issuer', async () => {
    const bed = createBed();
    const { id_token } = await bed.login();
    const other = await endSession(bed, { id_token_hint: id_token, client_id: SEED.apiClientId });
    expect(other.body.error_description).toBe('client_id does not match azp of id_token_hint');
    const foreign = (await createBed({ issuer: 'https://else.test' }).login()).id_token;
    expect((await endSession(bed, { id_token_hint: foreign })).body.error_description).toBe('id_token_hint invalid');
  });

  it('without a URI goes to a page of its own that exists', async () => {
    const bed = createBed();
    const { headers } = await endSession(bed, { id_token_hint: (await bed.login()).id_token });
    expect(headers.get('location')).toBe('/logout/done');
    expect((await bed.get('/logout/done')).status).toBe(200);
  });

  it('leaves the refresh token alive, and what it gives works', async () => {
    const bed = createBed();
    const { id_token, refresh_token } = await bed.login();
    await endSession(bed, { id_token_hint: id_token });
    const renewed = await bed.refresh(refresh_token);
    expect(renewed.status).toBe(200);
    expect((await bed.userinfo(renewed.body.access_token)).status).toBe(200);
  });
});

describe('end_session with a client only', () => {
  const params = { client_id: SEED.webClientId, post_logout_redirect_uri: BACK, state: 's' };

  it('V2 asks on a page, ends what is chosen, and only then goes back with state', async () => {
    const bed = createBed();
    const browser = new Map<string, string>();
    const { access_token } = await bed.login({ browser });
    const { headers } = await endSession(bed, params, browser);
    const page = new URL(headers.get('location') ?? '');
    expect(page.pathname).toBe('/ui/v2/login/logout');
    expect(page.searchParams.get('post_logout_redirect')).toBe(`${BACK}?state=s`);
    expect(claimsOf(page.searchParams.get('logout_token') ?? '')).toEqual({
      post_logout_redirect_uri: `${BACK}?state=s`,
    });
    expect((await bed.userinfo(access_token)).status).toBe(200);
    const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
    const html = (await bed.get(page.pathname + page.search, { cookie })).body;
    const session = /name="session" value="(\d+)"/.exec(html)?.[1] ?? '';
    const done = await bed.post(page.pathname + page.search, { session }, { cookie });
    expect([done.status, done.headers.get('location')]).toEqual([302, `${BACK}?state=s`]);
    expect((await bed.userinfo(access_token)).status).toBe(401);
  });

  it('V2 ends the session of the login name in logout_hint without asking, and for any other name asks', async () => {
    for (const [logout_hint, isEnded] of [
      ['uma@acme.zitadel.example', true],
      [SEED.users.user, false],
      ['zoe@acme.zitadel.example', false],
    ] as const) {
      const bed = createBed();
      const browser = new Map<string, string>();
      const { access_token } = await bed.login({ browser, user: 'user' });
      const { headers } = await endSession(bed, { ...params, logout_hint }, browser);
      const page = new URL(headers.get('location') ?? '');
      const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
      const shown = await bed.get(page.pathname + page.search, { cookie });
      expect([shown.status, shown.headers.get('location')]).toEqual(isEnded ? [302, `${BACK}?state=s`] : [200, null]);
      expect((await bed.userinfo(access_token)).status).toBe(isEnded ? 401 : 200);
    }
  });

  it('V2’s page sends nobody to an address that end_session did not check', async () => {
    const bed = createBed();
    const evil = encodeURIComponent('https://evil.example/');
    const { body } = await bed.get(`/ui/v2/login/logout?post_logout_redirect=${evil}&logout_token=x`);
    expect(body).not.toContain('href="https://evil.example/"');
  });

  it('V1 ends all sessions of the browser and redirects at once', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const browser = new Map();
    await bed.login({ browser });
    const { headers } = await endSession(bed, params, browser);
    expect(headers.get('location')).toBe(`${BACK}?state=s`);
    expect(await isAlive(bed, browser)).toBe(false);
  });

  it('refuses an unknown client', async () => {
    const answer = await endSession(createBed(), { client_id: '1' });
    expect(answer).toMatchObject({ status: 400, body: { error_description: 'Errors.App.NotFound' } });
  });
});

describe('end_session with neither', () => {
  it('forgets where it was asked to go', async () => {
    const { headers } = await endSession(createBed(), { post_logout_redirect_uri: 'https://evil.example/' });
    expect(headers.get('location')).not.toContain('evil.example');
  });
});
