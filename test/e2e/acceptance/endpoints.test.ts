// ARCHITECTURE §2: the gateway's own endpoints, row by row, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { describeCheck } from './check-endpoint.ts';
import { describeOperatorEndpoints, OPERATOR } from './operator-endpoints.ts';
import { expectNoInlineScript, expectOwnHeaders, expectPage, expectProblem } from './support/expectations.ts';
import {
  addressOf,
  type BlackBox,
  NEXT_UPSTREAM_SECRET,
  openBox,
  UPSTREAM_SECRET,
  type Visitor,
} from './support/gateway.ts';
import type { Answer } from './support/send.ts';

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
        UPSTREAM_SECRET: `${NEXT_UPSTREAM_SECRET},${UPSTREAM_SECRET}`,
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

  describeOperatorEndpoints(folder, () => ({ box, visitor }));
  describeCheck(folder, () => ({ box, visitor }));

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
