// Design §2: the gateway's own endpoints, row by row, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { expectNoInlineScript, expectOwnHeaders, expectPage, expectProblem } from './support/expectations.ts';
import { type Answer, addressOf, type BlackBox, openBox, type Visitor } from './support/gateway.ts';

const OPERATOR = 'c71e0f5b92a84d36be0d5a7719f3c8e46a2d90b7f15c8e33';
const GATEWAY = '5de81c40b7a9f3266e0d17c5a8b94f20d36e7c1b88a5f094';
const NEW_GATEWAY = '93f0b6a2e85d7c141f6ea0d9c3b8275640ad1e9fb27c6385';
const PLACES = [
  { name: 'the usual folder', callback: '/auth/callback', folder: '/auth' },
  { name: 'another folder', callback: '/_gw/callback', folder: '/_gw' },
  { name: 'a deep folder', callback: '/a/b/return', folder: '/a/b' },
  { name: 'the root', callback: '/callback', folder: '' },
];

describe.each(PLACES)('endpoints under $name', ({ callback, folder }) => {
  let box: BlackBox;
  let visitor: Visitor;
  beforeAll(async () => {
    box = await openBox({
      callback,
      env: {
        OPERATOR_SECRET: OPERATOR,
        UPSTREAM_SECRET: `${NEW_GATEWAY},${GATEWAY}`,
        ROUTES: [
          { path: '/public/*', access: 'public' },
          { path: '/*', roles: ['user'] },
        ],
      },
    });
    visitor = box.visitor();
    await visitor.signIn('user', { path: '/start' });
  });
  afterAll(() => box.stop());
  beforeEach(() => {
    box.application.received.length = 0;
  });

  const ALL = [
    'login',
    'callback',
    'logout',
    'logout/callback',
    'backchannel-logout',
    'userinfo',
    'profile',
    'check',
    'jwks',
  ];
  const MORE = ['client.js', 'operator/sessions', 'metrics', 'health', 'ready'];
  it.each([...ALL, ...MORE])('%s: no-store and own headers, whatever the method', async (name) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'TRACE']) {
      const answer = await box.ask(`${folder}/${name}`, { method });
      expect([method, answer.headers.get('cache-control')]).toEqual([method, 'no-store']);
      expectOwnHeaders(answer);
      expect(answer.status).toBeLessThan(500);
    }
    // Only readiness asks the application, and hands it nothing of the visitor's.
    if (name !== 'ready') expect(box.application.received).toEqual([]);
  });

  it('what is not there does not reach the application, when the folder is not the root', async () => {
    if (folder === '') return;
    for (const path of [
      `${folder}/nothing`,
      `${folder}/login/x`,
      `${folder}//login`,
      `${folder}/LOGIN`,
      `${folder}/operator/x`,
    ]) {
      const answer = await visitor.fetch(path);
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 404, 'no-store']);
      expectOwnHeaders(answer);
    }
    expect(box.application.received).toEqual([]);
  });

  it('userinfo: the session as JSON, and no token in it', async () => {
    const answer = await visitor.fetch(`${folder}/userinfo`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const { session, auth_time, ...rest } = answer.json();
    expect(rest).toEqual({
      sub: SEED.users.user,
      name: 'Uma Lind',
      email: 'uma@acme.example',
      preferred_username: 'uma@acme.zitadel.example',
      roles: ['user'],
      org: SEED.organizationId,
      amr: ['pwd'],
    });
    expect(Object.keys(session).sort()).toEqual(['expires_at', 'id', 'idle_expires_at', 'started_at']);
    const now = Date.now() / 1000;
    expect(Math.abs(now - auth_time)).toBeLessThan(60);
    expect(session.expires_at - session.started_at).toBe(43_200);
    expect(session.idle_expires_at - now).toBeLessThanOrEqual(3600);
  });

  it('userinfo: 401 without a session', async () => {
    expectProblem(await box.visitor().fetch(`${folder}/userinfo`), 401);
  });

  it('profile: a page with the device and buttons', async () => {
    const answer = await visitor.go(`${folder}/profile`);
    expectPage200(answer);
    expect(answer.text).toContain('Uma Lind');
    expect(answer.text).toMatch(/<form[^>]+method="?post/i);
  });

  it('profile without a session: a login for a navigation, 401 for a script', async () => {
    expect((await box.visitor().go(`${folder}/profile`)).status).toBe(302);
    expectProblem(await box.visitor().fetch(`${folder}/profile`), 401);
  });

  it('jwks without an assertion key has no key', async () => {
    const answer = await box.ask(`${folder}/jwks`);
    expect([200, 404]).toContain(answer.status);
    if (answer.status === 200) expect(answer.json()).toEqual({ keys: [] });
  });

  it('client.js is a script', async () => {
    const answer = await box.ask(`${folder}/client.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
    expect(answer.text).toContain(`${box.origin}${folder}/`);
  });

  it('health answers without ZITADEL; ready names discovery, keys, KV and upstream', async () => {
    expect((await box.ask(`${folder}/health`)).status).toBe(200);
    const ready = await box.ask(`${folder}/ready`);
    expect(ready.status).toBe(200);
    const text = ready.text.toLowerCase();
    for (const part of ['discovery', 'keys', 'kv', 'upstream']) expect(text).toContain(`"${part}"`);
  });

  it('the metadata of RFC 9728 is at the origin, wherever the folder is', async () => {
    const answer = await box.ask('/.well-known/oauth-protected-resource');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const metadata = answer.json();
    expect(metadata.resource).toBe(box.origin);
    expect(metadata.authorization_servers).toEqual([box.zitadel.issuer]);
    expect(metadata.bearer_methods_supported).toEqual(['header']);
    expectOwnHeaders(answer);
  });

  describe('the operator’s', () => {
    it.each(['operator/sessions', 'metrics'])('%s: not without the secret', async (name) => {
      for (const authorization of [
        undefined,
        'Bearer wrong',
        `Basic ${OPERATOR}`,
        OPERATOR,
        `Bearer ${OPERATOR}x`,
        'Bearer ',
      ]) {
        const answer = await visitor.fetch(`${folder}/${name}`, {
          ...(authorization && { headers: { authorization } }),
        });
        expect([authorization, answer.status]).toEqual([
          authorization,
          expect.toSatisfy((status) => status === 401 || status === 404 || status === 403),
        ]);
        expect(answer.text).not.toContain(SEED.users.user);
      }
    });

    it('wrong secrets are throttled, by the address that the edge names', async () => {
      const from = async (address: string, secret: string) => {
        const headers = { authorization: `Bearer ${secret}`, 'cf-connecting-ip': address };
        return (await box.ask(`${folder}/metrics`, { headers })).status;
      };
      const statuses = [];
      for (let count = 0; count < 25; count++) statuses.push(await from('198.51.100.9', `wrong-${count}`));
      expect([statuses[0], statuses.at(-1), await from('198.51.100.9', OPERATOR)]).toEqual([401, 429, 429]);
      expect(await from('198.51.100.10', OPERATOR)).toBe(200);
    });

    it('metrics are Prometheus text', async () => {
      const answer = await box.ask(`${folder}/metrics`, { headers: { authorization: `Bearer ${OPERATOR}` } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(answer.text).toMatch(/^# (HELP|TYPE) /m);
      expect(answer.text).not.toContain(SEED.users.user);
    });

    it('sessions of a user are listed and ended', async () => {
      const headers = { authorization: `Bearer ${OPERATOR}` };
      const other = box.visitor();
      await other.signIn('staff', { path: '/start' });
      const listed = await box.ask(`${folder}/operator/sessions?sub=${SEED.users.staff}`, { headers });
      expect(listed.status).toBe(200);
      const { session } = (await other.fetch(`${folder}/userinfo`)).json();
      expect(listed.text).toContain(session.id);
      const ended = await box.ask(`${folder}/operator/sessions?sub=${SEED.users.staff}`, { method: 'DELETE', headers });
      expect(ended.status).toBeLessThan(300);
      const after = await box.ask(`${folder}/operator/sessions?sub=${SEED.users.staff}`, { headers });
      expect(after.text).not.toContain(session.id);
    });
  });

  describe('check', () => {
    const ask = (headers: Record<string, string>, who: { fetch: Visitor['fetch'] } = visitor) =>
      who.fetch(`${folder}/check`, { headers });
    const about = (uri: string, method = 'GET') => ({ 'x-forwarded-uri': uri, 'x-forwarded-method': method });

    it.each([GATEWAY, NEW_GATEWAY])(
      '204 with the identity headers for the proxy that proves itself',
      async (secret) => {
        const answer = await ask({ 'x-gateway-secret': secret, ...about('/page') });
        expect(answer.status).toBe(204);
        expect(answer.headers.get('x-forwarded-user')).toBe(SEED.users.user);
        expect(answer.headers.get('x-forwarded-roles')).toBe('user');
      },
    );

    it('nginx’s names, too', async () => {
      const answer = await ask({
        'x-gateway-secret': GATEWAY,
        'x-original-uri': '/page?x=1',
        'x-original-method': 'POST',
      });
      expect(answer.status).toBe(204);
    });

    it('403 for every path without the proof, public ones too', async () => {
      for (const headers of [
        about('/public/x'),
        { ...about('/public/x'), 'x-gateway-secret': 'wrong' },
        { ...about('/page'), 'x-gateway-secret': `${GATEWAY},${NEW_GATEWAY}` },
      ]) {
        expect((await ask(headers)).status).toBe(403);
      }
    });

    it('401 without a session, 204 on a public path', async () => {
      expect((await ask({ 'x-gateway-secret': GATEWAY, ...about('/page') }, box.visitor())).status).toBe(401);
      expect((await ask({ 'x-gateway-secret': GATEWAY, ...about('/public/x') }, box.visitor())).status).toBe(204);
    });

    it('403 without the role', async () => {
      const nobody = box.visitor();
      await nobody.signIn('nobody', { path: '/start' });
      expect((await ask({ 'x-gateway-secret': GATEWAY, ...about('/page') }, nobody)).status).toBe(403);
    });

    it.each(['/public/%00', '/public/%zz', '/public/../../x', '/public/..%2f..%2f..%2fx'])(
      'not 204 for nonsense: %s',
      async (uri) => {
        const answer = await ask({ 'x-gateway-secret': GATEWAY, ...about(uri) }, box.visitor());
        expect([400, 401, 403]).toContain(answer.status);
      },
    );

    it('not 204 when method and URI are missing or told twice', async () => {
      for (const headers of [
        {},
        { 'x-forwarded-uri': '/public/x', 'x-original-uri': '/page', 'x-forwarded-method': 'GET' },
      ]) {
        expect((await ask({ 'x-gateway-secret': GATEWAY, ...headers }, box.visitor())).status).not.toBe(204);
      }
    });
  });

  it('logout ends at the signed-out page', async () => {
    const other = box.visitor();
    await other.signIn('admin');
    const answer = await other.go(`${folder}/logout`, { headers: { 'sec-fetch-site': 'same-origin' } });
    expect([302, 303]).toContain(answer.status);
    const url = new URL(addressOf(answer));
    expect(url.origin + url.pathname).toBe(`${box.zitadel.issuer}/oidc/v1/end_session`);
    expect(url.searchParams.get('client_id')).toBe(SEED.webClientId);
    expect(url.searchParams.get('id_token_hint')).toBeTruthy();
    expect(url.searchParams.get('state')).toBeTruthy();
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${box.origin}${folder}/logout/callback`);
    expect((await other.fetch(`${folder}/userinfo`)).status).toBe(401);
    const done = await other.go(`${folder}/logout/callback?state=${url.searchParams.get('state')}`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expectPage200(done);
  });
});

function expectPage200(answer: Answer): void {
  expectPage(answer, 200);
  expectNoInlineScript(answer);
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

describe('what is off is not there', () => {
  let box: BlackBox;
  beforeAll(async () => {
    box = await openBox({ env: { ZITADEL_PROJECT_ID: undefined, ROUTES: [{ path: '/*', access: 'public' }] } });
  });
  afterAll(() => box.stop());

  it.each(['/auth/metrics', '/auth/operator/sessions'])('%s is 404 without OPERATOR_SECRET', async (path) => {
    for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer x']) {
      expect((await box.ask(path, { headers: { authorization } })).status).toBe(404);
    }
  });

  it('check is 403 for every path without UPSTREAM_SECRET', async () => {
    for (const secret of ['', 'undefined', 'x']) {
      const headers = { 'x-gateway-secret': secret, 'x-forwarded-uri': '/', 'x-forwarded-method': 'GET' };
      expect((await box.ask('/auth/check', { headers })).status).toBe(403);
    }
  });

  it('the metadata of RFC 9728 is not the gateway’s where no bearer tokens are taken', async () => {
    const answer = await box.ask('/.well-known/oauth-protected-resource');
    expect(answer.text).not.toContain('authorization_servers');
  });
});
