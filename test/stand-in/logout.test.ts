// Ending sessions: end_session in three modes, and the back channel. Checklist points 3, 6, 13.

import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Browser } from '../../stand-in/sign-in.ts';
import { type Bed, claimsOf, createBed, SEED } from './support.ts';

const BACK = SEED.postLogoutRedirectUri;

function endSession(bed: Bed, params: Record<string, string>, browser: Browser = new Map()) {
  const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
  return bed.get(`/oidc/v1/end_session?${new URLSearchParams(params)}`, cookie === '' ? {} : { cookie });
}

/** Signs in where the back channel leads into a list of what arrived. */
function createListeningBed(statuses: number[] = [], options = {}) {
  const received: { token: string; request: Request }[] = [];
  const bed = createBed({
    fetch: async (request) => {
      received.push({ token: new URLSearchParams(await request.clone().text()).get('logout_token') ?? '', request });
      return new Response(null, { status: statuses[received.length - 1] ?? 200 });
    },
    ...options,
  });
  return { bed, received };
}

async function isAlive(bed: Bed, browser: Browser): Promise<boolean> {
  const { access_token } = await bed.login({ user: 'admin', browser });
  return (await bed.userinfo(access_token)).body.sub !== SEED.users.admin;
}

describe('end_session with a hint', () => {
  it('6 ends the session without the browser’s cookie and goes to the registered URI with state', async () => {
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

  it('6 takes an expired hint, and one from before a key rotation, until that key is deleted', async () => {
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

  it('6 is at a loss with a broken signature, and refuses what is no token', async () => {
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

  it('6 V1 ends every session of that browser, other people’s too, without its cookies', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const [browser, elsewhere] = [new Map(), new Map()];
    const staff = await bed.login({ browser });
    const admin = await bed.login({ user: 'admin', browser, authorize: { prompt: 'login' } });
    const other = await bed.login({ user: 'admin', browser: elsewhere });
    await endSession(bed, { id_token_hint: admin.id_token });
    const statusOf = async ({ access_token }: { access_token: string }) => (await bed.userinfo(access_token)).status;
    expect([await statusOf(staff), await statusOf(admin), await statusOf(other)]).toEqual([401, 401, 200]);
  });

  it('6 refuses an unregistered URI and keeps the session', async () => {
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

  it('6 refuses another client_id than the hint’s, and the hint of another issuer', async () => {
    const bed = createBed();
    const { id_token } = await bed.login();
    const other = await endSession(bed, { id_token_hint: id_token, client_id: SEED.apiClientId });
    expect(other.body.error_description).toBe('client_id does not match azp of id_token_hint');
    const foreign = (await createBed({ issuer: 'https://else.test' }).login()).id_token;
    expect((await endSession(bed, { id_token_hint: foreign })).body.error_description).toBe('id_token_hint invalid');
  });

  it('6 without a URI goes to a page of its own that exists', async () => {
    const bed = createBed();
    const { headers } = await endSession(bed, { id_token_hint: (await bed.login()).id_token });
    expect(headers.get('location')).toBe('/logout/done');
    expect((await bed.get('/logout/done')).status).toBe(200);
  });

  it('3 leaves the refresh token alive, and what it gives works', async () => {
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

  it('6 V2 asks on a page, ends what is chosen, and only then goes back with state', async () => {
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

  it('6 V2 ends the session of the login name in logout_hint without asking, and for any other name asks', async () => {
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

  it('6 V2’s page sends nobody to an address that end_session did not check', async () => {
    const bed = createBed();
    const evil = encodeURIComponent('https://evil.example/');
    const { body } = await bed.get(`/ui/v2/login/logout?post_logout_redirect=${evil}&logout_token=x`);
    expect(body).not.toContain('href="https://evil.example/"');
  });

  it('6 V1 ends all sessions of the browser and redirects at once', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const browser = new Map();
    await bed.login({ browser });
    const { headers } = await endSession(bed, params, browser);
    expect(headers.get('location')).toBe(`${BACK}?state=s`);
    expect(await isAlive(bed, browser)).toBe(false);
  });

  it('6 refuses an unknown client', async () => {
    const answer = await endSession(createBed(), { client_id: '1' });
    expect(answer).toMatchObject({ status: 400, body: { error_description: 'Errors.App.NotFound' } });
  });
});

describe('end_session with neither', () => {
  it('6 forgets where it was asked to go', async () => {
    const { headers } = await endSession(createBed(), { post_logout_redirect_uri: 'https://evil.example/' });
    expect(headers.get('location')).not.toContain('evil.example');
  });
});

describe('back-channel logout', () => {
  it('13 posts a logout token of typ JWT with sub, sid and one audience', async () => {
    const { bed, received } = createListeningBed();
    const { id_token } = await bed.login();
    await endSession(bed, { id_token_hint: id_token });
    await bed.zitadel.backChannel.settled();
    expect(received).toHaveLength(1);
    const [{ token, request } = { token: '', request: undefined }] = received;
    expect([request?.method, request?.url]).toEqual(['POST', SEED.backChannelLogoutUri]);
    expect(request?.headers.get('content-type')).toBe('application/x-www-form-urlencoded');
    expect(request?.headers.has('authorization')).toBe(false);
    const jwks = createLocalJWKSet((await bed.get('/oauth/v2/keys')).body);
    const currentDate = new Date(bed.clock.now * 1000);
    const { payload, protectedHeader } = await jwtVerify(token, jwks, { issuer: bed.issuer, currentDate });
    expect(protectedHeader.typ).toBe('JWT');
    expect(payload).toEqual({
      iss: bed.issuer,
      sub: SEED.users.staff,
      aud: [SEED.webClientId],
      iat: bed.clock.now - 1,
      exp: bed.clock.now + 900,
      jti: expect.stringMatching(/^\d+$/),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      sid: claimsOf(id_token).sid,
    });
  });

  it('13 has sid V1_… after a login by V1', async () => {
    const { bed, received } = createListeningBed([], { settings: { loginVersion: 'v1' } });
    await bed.login();
    bed.zitadel.terminateUserSessions('staff');
    await bed.zitadel.backChannel.settled();
    expect(claimsOf(received[0]?.token ?? '').sid).toMatch(/^V1_\d+$/);
  });

  it.each([
    ['200, 202 and 204 at once', [202], 1],
    ['400, which it takes for done', [400], 1],
    ['500 twice, then 200', [500, 500, 200], 3],
    ['501 for ever, after three attempts', [501, 501, 501, 501], 3],
  ])('13 is content with %s', async (_name, statuses, attempts) => {
    const { bed, received } = createListeningBed(statuses);
    await bed.login();
    bed.zitadel.terminateUserSessions('staff');
    await bed.zitadel.backChannel.settled();
    expect(received).toHaveLength(attempts);
    expect(bed.zitadel.backChannel.deliveries[0]?.statuses).toEqual(statuses.slice(0, attempts));
  });

  it('13 makes the token anew at each attempt, with the same jti', async () => {
    const { bed, received } = createListeningBed([500, 500, 200], { backChannelRetryDelays: [0, 0] });
    await bed.login();
    const start = bed.clock.now;
    bed.zitadel.tamper.logoutToken = (claims, header) => {
      bed.clock.now += 2;
      return { claims, header };
    };
    bed.zitadel.terminateUserSessions('staff');
    await bed.zitadel.backChannel.settled();
    const claims = received.map(({ token }) => claimsOf(token));
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(1);
    expect(claims.map(({ iat, exp }) => [iat, exp - iat])).toEqual([0, 2, 4].map((later) => [start + later - 1, 901]));
    expect(received[0]?.request.headers.get('user-agent')).toBe('Go-http-client/1.1');
  });

  it('13 tries again when nobody answers', async () => {
    let attempts = 0;
    const bed = createBed({
      fetch: async () => {
        attempts += 1;
        throw new TypeError('connection refused');
      },
    });
    await bed.login();
    bed.zitadel.terminateUserSessions('staff');
    await bed.zitadel.backChannel.settled();
    expect([attempts, bed.zitadel.backChannel.deliveries[0]?.statuses]).toEqual([3, [0, 0, 0]]);
  });

  it('13 tells only logins made after the URI was set, each OIDC session once', async () => {
    const { bed, received } = createListeningBed();
    const browser = new Map();
    bed.zitadel.setBackChannelLogoutUri(SEED.webApplicationId, undefined);
    await bed.login({ browser });
    bed.zitadel.setBackChannelLogoutUri(SEED.webApplicationId, 'https://gateway.test/bcl');
    await bed.login({ browser });
    const { id_token } = await bed.login({ browser });
    await endSession(bed, { id_token_hint: id_token });
    await endSession(bed, { id_token_hint: id_token });
    await bed.zitadel.backChannel.settled();
    expect(received).toHaveLength(2);
  });

  it('13 is not sent for a revoked refresh token or a deactivated user', async () => {
    const { bed, received } = createListeningBed();
    const { refresh_token: token } = await bed.login();
    await bed.post('/oauth/v2/revoke', { token, client_id: SEED.webClientId });
    bed.zitadel.deactivateUser('staff');
    await bed.zitadel.backChannel.settled();
    expect(received).toHaveLength(0);
  });

  it('13 has the origin where the logout happened as issuer', async () => {
    const { bed, received } = createListeningBed([], { customDomains: ['https://login.acme.test'] });
    const browser = new Map<string, string>();
    bed.zitadel.settings.loginVersion = 'v1';
    await bed.login({ browser });
    const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
    await bed.zitadel.fetch('https://login.acme.test/oidc/v1/end_session', { headers: { cookie } });
    await bed.zitadel.backChannel.settled();
    expect(claimsOf(received[0]?.token ?? '').iss).toBe('https://login.acme.test');
  });

  it('13 refuses private addresses with the deny list on, and delivers nothing there', async () => {
    const { bed, received } = createListeningBed();
    await bed.login();
    bed.zitadel.settings.backChannelDenyList = true;
    const set = (uri: string) => () => bed.zitadel.setBackChannelLogoutUri(SEED.webApplicationId, uri);
    for (const host of [
      'localhost:8787',
      '127.0.0.1',
      '10.1.2.3',
      '172.20.0.1',
      '192.168.1.1',
      '169.254.1.1',
      '[::1]',
    ]) {
      expect(set(`http://${host}/bcl`), host).toThrow(
        'Errors.Project.App.Blocked.BackchannelLogoutURL (PROJECT-msNebo)',
      );
    }
    for (const uri of ['https://app.example.com/bcl', 'not a uri']) expect(set(uri), uri).toThrow('PROJECT-msNebo');
    bed.zitadel.settings.resolvableHosts.push('app.example.com');
    expect(set('https://app.example.com/bcl')).not.toThrow();
    expect(set('https://172.32.0.1/bcl')).not.toThrow();
    bed.zitadel.terminateUserSessions('staff');
    await bed.zitadel.backChannel.settled();
    expect(received).toHaveLength(0);
  });
});
