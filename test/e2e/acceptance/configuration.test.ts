// ARCHITECTURE §1: a bad configuration serves nothing but a 503.

import { describe, expect, it } from 'vitest';
import { expectNoInlineScript, expectOwnHeaders } from './support/expectations.ts';
import { NAVIGATION, SCRIPTED } from './support/gateway.ts';
import { withBox } from './with-box.ts';

const LOCAL = 'http://localhost:8787';
const WEAK = 'this-is-my-hidden-passphrase';

describe('a bad configuration', () => {
  it('503 for everything, and nothing told on a public origin', () =>
    withBox(
      { env: { SESSION_SECRET: WEAK, UNKNOWN_THING: 'x', ROUTES: [{ path: '/*', access: 'public' }] } },
      async (box) => {
        for (const path of [
          '/',
          '/page',
          '/auth/login',
          '/auth/callback?code=x',
          '/auth/health',
          '/auth/ready',
          '/auth/userinfo',
          '/auth/check',
          '/auth/jwks',
          '/.well-known/oauth-protected-resource',
        ]) {
          for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
            for (const headers of [NAVIGATION, SCRIPTED]) {
              const answer = await box.ask(path, { method, headers });
              expect([path, method, answer.status]).toEqual([path, method, 503]);
              expect(answer.headers.get('cache-control')).toBe('no-store');
              expectOwnHeaders(answer);
              expect(answer.text).not.toMatch(/SESSION_SECRET|UNKNOWN_THING|UPSTREAM_URL/);
              expect(answer.text).not.toContain(WEAK);
            }
          }
        }
        expect(box.application.received).toEqual([]);
        const log = box.logs.join('\n');
        expect(log).toContain('SESSION_SECRET');
        expect(log).toContain('UNKNOWN_THING');
        expect(log).not.toContain(WEAK);
      },
    ));

  it('all problems at once with variable and example on loopback; a secret is never printed', () =>
    withBox(
      {
        origin: LOCAL,
        env: {
          SESSION_SECRET: WEAK,
          ZITADEL_CLIENT_SECRET: '',
          SESSION_DURATION: 'soon',
          CLAIMS_MAX_AGE: -1,
          ZITADEL_CLIENTID: 'x',
          ROUTES: [{ path: '/x', acess: 'public' }, { path: 'relative' }, { path: '/y', access: 'everyone' }],
        },
      },
      async (box) => {
        const answer = await box.ask('/', { headers: NAVIGATION });
        expect(answer.status).toBe(503);
        expectOwnHeaders(answer, false);
        expectNoInlineScript(answer);
        for (const name of [
          'SESSION_SECRET',
          'SESSION_DURATION',
          'CLAIMS_MAX_AGE',
          'ZITADEL_CLIENTID',
          'acess',
          'relative',
          'everyone',
        ]) {
          expect(answer.text).toContain(name);
        }
        expect(answer.text).not.toContain(WEAK);
      },
    ));

  const bad: [string, Record<string, unknown>][] = [
    ['no UPSTREAM_URL', { UPSTREAM_URL: undefined }],
    ['no ZITADEL_DOMAIN', { ZITADEL_DOMAIN: undefined }],
    ['no ZITADEL_CLIENT_ID', { ZITADEL_CLIENT_ID: undefined }],
    ['no ZITADEL_CALLBACK_URL', { ZITADEL_CALLBACK_URL: undefined }],
    ['no SESSION_SECRET', { SESSION_SECRET: undefined }],
    ['a plain-HTTP issuer that is not on loopback', { ZITADEL_DOMAIN: 'http://zitadel.example.com' }],
    ['a secret of repeated characters', { SESSION_SECRET: 'a'.repeat(64) }],
    ['a secret that counts up', { SESSION_SECRET: '0123456789abcdef'.repeat(4) }],
    [
      'a weak secret in a list',
      { SESSION_SECRET: `b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89,short` },
    ],
    ['an unknown access', { ROUTES: [{ path: '/x', access: 'everybody' }] }],
    ['ROUTES that is no JSON', { ROUTES: '[{' }],
    ['roles that are no list', { ROUTES: [{ path: '/x', roles: 'admin' }] }],
    ['a duration of zero', { SESSION_DURATION: 0 }],
    ['a duration with a fraction', { SESSION_DURATION: 1.5 }],
    ['an unknown credential', { ROUTES: [{ path: '/x', credentials: ['cookie'] }] }],
    ['a service binding that is not there', { ROUTES: [{ path: '/x', upstream: 'service:NOWHERE' }] }],
    ['an assertion key without its private half', { ASSERTION_KEY: '{"kty":"EC","crv":"P-256","x":"a","y":"b"}' }],
    ['an assertion binding that is none', { ASSERTION_BINDING: 'cookie' }],
  ];
  it.each(bad)('%s: 503, nothing is let through', (_kind, env) =>
    withBox({ env }, async (box) => {
      expect((await box.ask('/page', { headers: SCRIPTED })).status).toBe(503);
      expect((await box.ask('/page', { headers: NAVIGATION })).status).toBe(503);
      expect(box.application.received).toEqual([]);
    }),
  );
});

describe('secrets rotate', () => {
  const OLD = 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89';
  const NEW = '0d1c2b3a49586776859403122130f4e5d6c7b8a9f0e1d2c3b4a5968778695a4b';

  it('the first of a list seals, and each of it unseals', () =>
    withBox({ env: { SESSION_SECRET: `${NEW}, ${OLD}` } }, async (box) => {
      const visitor = box.visitor();
      await visitor.signIn('user');
      expect((await visitor.fetch('/page')).status).toBe(200);
    }));
});

describe('a missing binding or an exception', () => {
  it('of a provider that is away from the beginning: health answers, readiness says so, a login is a 503 page', () =>
    withBox({ env: { ZITADEL_DOMAIN: 'http://127.0.0.1:9' } }, async (box) => {
      expect((await box.ask('/auth/health')).status).toBe(200);
      const ready = await box.ask('/auth/ready');
      expect(ready.status).toBe(503);
      expect(ready.json().checks?.upstream ?? ready.text).toBeTruthy();
      const answer = await box.ask('/page', { headers: NAVIGATION });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect((await box.ask('/page', { headers: SCRIPTED })).status).toBe(401);
      const bearer = await box.ask('/page', {
        headers: { authorization: 'Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.AAAA' },
      });
      expect([401, 503]).toContain(bearer.status);
    }));
});
