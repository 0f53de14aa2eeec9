// ARCHITECTURE §2, promise 4: back-channel logout, from outside.

import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { expectPage } from './support/expectations.ts';
import { type BlackBox, openBox } from './support/gateway.ts';
import type { Answer } from './support/send.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
let box: BlackBox;
beforeAll(async () => {
  box = await openBox({ env: { ROUTES: [{ path: '/', access: 'public' }] } });
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
});

describe('POST /auth/backchannel-logout', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const post = (body: string, headers: Record<string, string> = {}) =>
    box.ask('/auth/backchannel-logout', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  async function token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
    const { privateKey, kid } = await box.zitadel.webKeys.active();
    const all = {
      iss: box.zitadel.issuer,
      aud: SEED.webClientId,
      sub: SEED.users.user,
      iat: now(),
      exp: now() + 120,
      jti: crypto.randomUUID(),
      events: { [EVENT]: {} },
      ...claims,
    };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(kept).setProtectedHeader({ alg: 'RS256', kid, typ: 'logout+jwt', ...header }).sign(privateKey);
  }
  const refused = (answer: Answer) => {
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/json/);
    expect(answer.json().error ?? answer.json().code).toBeTruthy();
    expect(answer.headers.get('cache-control')).toBe('no-store');
  };

  it('ends the user’s sessions: 200, no-store', async () => {
    const visitor = box.visitor();
    await visitor.signIn('staff');
    // It ends only sessions that began before its iat, which may lie a little ahead.
    const answer = await post(`logout_token=${await token({ sub: SEED.users.staff, iat: now() + 1, unknown: 1 })}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each<[string, Record<string, unknown>]>([
    ['a foreign issuer', { iss: 'https://evil.example' }],
    ['a foreign audience', { aud: 'other' }],
    ['no events', { events: undefined }],
    ['another event', { events: { 'http://schemas.openid.net/event/foobar': {} } }],
    ['events as a string', { events: EVENT }],
    ['the event as a string', { events: { [EVENT]: 'x' } }],
    ['a nonce', { nonce: 'x' }],
    ['neither sub nor sid', { sub: undefined }],
    ['no iat', { iat: undefined }],
    ['no jti', { jti: undefined }],
    ['expired', { iat: now() - 900, exp: now() - 600 }],
    ['an exp that is a string', { exp: '9999999999' }],
    ['an iat far in the future', { iat: now() + 3600, exp: now() + 7200 }],
    ['a sub that is no string', { sub: 5 }],
    ['a sid that is no string', { sid: ['x'] }],
  ])('%s: 400 with the error in JSON', async (_kind, claims) => {
    refused(await post(`logout_token=${await token(claims)}`));
  });

  it('refuses no token, two tokens, rubbish, alg none, an ID token’s shape, the wrong content type, GET', async () => {
    const good = await token();
    refused(await post(''));
    refused(await post('logout_token='));
    refused(await post('logout_token=rubbish'));
    refused(await post(`logout_token=${good}&logout_token=${await token()}`));
    const [, payload] = good.split('.');
    refused(await post(`logout_token=${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`));
    refused(await post(JSON.stringify({ logout_token: good }), { 'content-type': 'application/json' }));
    expect((await box.ask(`/auth/backchannel-logout?logout_token=${good}`)).status).toBeGreaterThanOrEqual(400);
    expect((await post(`logout_token=${good}`)).status).toBe(200);
  });

  it('a jti counts once: a replay ends nothing more', async () => {
    const replayed = await token({ sub: SEED.users.admin, iat: now() + 2 });
    expect((await post(`logout_token=${replayed}`)).status).toBe(200);
    const visitor = box.visitor();
    await visitor.signIn('admin');
    await post(`logout_token=${replayed}`);
    const { session } = (await visitor.fetch('/auth/userinfo')).json();
    expect(session.id).toBeTruthy();
    const profile = await visitor.go('/auth/profile');
    expectPage(profile, 200);
  });

  it('with sub and sid both must match', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const answer = await post(`logout_token=${await token({ sid: 'V2_none', iat: now() + 1 })}`);
    expect([200, 400]).toContain(answer.status);
    expectPage(await visitor.go('/auth/profile'), 200);
  });
});
