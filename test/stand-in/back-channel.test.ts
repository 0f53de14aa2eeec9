// The back channel: logout tokens, who gets them, and how often they are tried.

import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { endSession } from './end-session.ts';
import { claimsOf, createBed, SEED } from './support.ts';

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

describe('back-channel logout', () => {
  it('posts a logout token of typ JWT with sub, sid and one audience', async () => {
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

  it('has sid V1_… after a login by V1', async () => {
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
  ])('is content with %s', async (_name, statuses, attempts) => {
    const { bed, received } = createListeningBed(statuses);
    await bed.login();
    bed.zitadel.terminateUserSessions('staff');
    await bed.zitadel.backChannel.settled();
    expect(received).toHaveLength(attempts);
    expect(bed.zitadel.backChannel.deliveries[0]?.statuses).toEqual(statuses.slice(0, attempts));
  });

  it('makes the token anew at each attempt, with the same jti', async () => {
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

  it('tries again when nobody answers', async () => {
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

  it('tells only logins made after the URI was set, each OIDC session once', async () => {
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

  it('is not sent for a revoked refresh token or a deactivated user', async () => {
    const { bed, received } = createListeningBed();
    const { refresh_token: token } = await bed.login();
    await bed.post('/oauth/v2/revoke', { token, client_id: SEED.webClientId });
    bed.zitadel.deactivateUser('staff');
    await bed.zitadel.backChannel.settled();
    expect(received).toHaveLength(0);
  });

  it('has the origin where the logout happened as issuer', async () => {
    const { bed, received } = createListeningBed([], { customDomains: ['https://login.acme.test'] });
    const browser = new Map<string, string>();
    bed.zitadel.settings.loginVersion = 'v1';
    await bed.login({ browser });
    const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
    await bed.zitadel.fetch('https://login.acme.test/oidc/v1/end_session', { headers: { cookie } });
    await bed.zitadel.backChannel.settled();
    expect(claimsOf(received[0]?.token ?? '').iss).toBe('https://login.acme.test');
  });

  it('refuses private addresses with the deny list on, and delivers nothing there', async () => {
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
