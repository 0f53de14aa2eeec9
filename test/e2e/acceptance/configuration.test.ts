// Design §1: a bad configuration serves nothing but a 503; and which spellings of a good one are taken.

import { generateKeyPairSync } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { expectNoInlineScript, expectOwnHeaders } from './support/expectations.ts';
import { type BlackBox, type BoxOptions, NAVIGATION, openBox, SCRIPTED } from './support/gateway.ts';

async function withBox<T>(options: BoxOptions, use: (box: BlackBox) => Promise<T>): Promise<T> {
  const box = await openBox(options);
  try {
    return await use(box);
  } finally {
    await box.stop();
  }
}

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

  it('of a list the first seals', () =>
    withBox({ env: { SESSION_SECRET: `${NEW}, ${OLD}` } }, async (box) => {
      const visitor = box.visitor();
      await visitor.signIn('user');
      expect((await visitor.fetch('/page')).status).toBe(200);
    }));
});

describe('the signed assertion', () => {
  const makeKey = (kid: string) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid };
  };

  it.each(['session', 'request'])('ASSERTION_BINDING = "%s"', (binding) =>
    withBox(
      { env: { ASSERTION_KEY: JSON.stringify([makeKey('first'), makeKey('second')]), ASSERTION_BINDING: binding } },
      async (box) => {
        const visitor = box.visitor();
        await visitor.signIn('admin');
        const { keys } = (await box.ask('/auth/jwks')).json();
        expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual(['first', 'second']);
        expect(keys.every((key: object) => !('d' in key))).toBe(true);
        const tokens: string[] = [];
        for (const path of ['/a?x=1', '/b']) {
          await visitor.fetch(path, { headers: { 'x-identity-assertion': 'evil' } });
          tokens.push(box.application.last().header('x-identity-assertion') ?? '');
        }
        const { payload, protectedHeader } = await jwtVerify(tokens[0] ?? '', await importJWK(keys[0], 'ES256'), {
          issuer: box.origin,
          audience: box.application.origin,
        });
        expect(protectedHeader.kid).toBe('first');
        expect(payload).toMatchObject({
          sub: SEED.users.admin,
          email: 'ada@acme.example',
          roles: ['admin', 'user'],
          org: SEED.organizationId,
        });
        expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(60);
        expect(payload.jti).toBeTruthy();
        if (binding === 'session') expect(tokens[0]).toBe(tokens[1]);
        else {
          expect(tokens[0]).not.toBe(tokens[1]);
          expect(payload).toMatchObject({ htm: 'GET', htu: `${box.origin}/a` });
        }
      },
    ),
  );
});

describe('opaque bearer tokens', () => {
  const env = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
  const ask = (box: BlackBox, token: string) =>
    box.ask('/api', { headers: { ...SCRIPTED, authorization: `Bearer ${token}` } });

  it('are introspected: a good one passes with roles, a dead or truncated one is 401', () =>
    withBox({ env: { ...env, ROUTES: [{ path: '/api', roles: ['admin'] }] } }, async (box) => {
      const token = await box.zitadel.mintAccessToken({ sub: 'admin' });
      expect((await ask(box, token)).status).toBe(200);
      expect(box.application.last().header('x-forwarded-roles')).toBe('admin,user');
      expect((await ask(box, token.slice(0, -4))).status).toBe(401);
      expect((await ask(box, await box.zitadel.mintAccessToken({ sub: 'user' }))).status).toBe(403);
      expect((await ask(box, await box.zitadel.mintAccessToken({ sub: 'admin', aud: ['other'] }))).status).toBe(401);
    }));

  it.each([
    { status: 500 },
    { status: 401, body: { error: 'invalid_client' } },
    { status: 429 },
    'reset',
    'html',
    'wrong-json',
    'huge-body',
  ] as const)('introspection that answers %j is 503', (fault) =>
    withBox({ env }, async (box) => {
      box.zitadel.faults.set('introspection', fault);
      const answer = await ask(box, await box.zitadel.mintAccessToken({ sub: 'admin' }));
      expect(answer.status).toBe(503);
      expect(box.application.received).toEqual([]);
    }),
  );
});

describe('ZITADEL_ORG_ID', () => {
  it('is asked for by scope and checked on the claims; organization is ignored', () =>
    withBox(
      { env: { ZITADEL_ORG_ID: SEED.organizationId }, zitadel: { settings: { enforceOrganizationScope: false } } },
      async (box) => {
        const start = await box.visitor().go(`/auth/login?organization=${SEED.otherOrganizationId}`);
        const scope = new URL(start.headers.get('location') ?? '').searchParams.get('scope') ?? '';
        expect(scope).toContain(`urn:zitadel:iam:org:id:${SEED.organizationId}`);
        expect(scope).not.toContain(SEED.otherOrganizationId);
        const outsider = box.visitor();
        expect((await outsider.signIn('outsider')).status).toBe(403);
        expect((await outsider.fetch('/auth/userinfo')).status).toBe(401);
        const token = await box.zitadel.mintAccessToken({ sub: 'outsider', jwt: true });
        expect([401, 403]).toContain((await box.ask('/x', { headers: { authorization: `Bearer ${token}` } })).status);
        expect((await box.visitor().signIn('user')).status).toBe(302);
      },
    ));
});

describe('ZITADEL_POST_LOGIN_URL and SECURITY_HEADERS', () => {
  it('a login that began at the login endpoint ends there; false leaves a header out', () =>
    withBox(
      {
        env: {
          ZITADEL_POST_LOGIN_URL: '/welcome',
          SECURITY_HEADERS: { 'X-Frame-Options': false, 'X-Own': 'yes', 'Referrer-Policy': 'same-origin' },
        },
      },
      async (box) => {
        const visitor = box.visitor();
        const back = await visitor.signIn('user', { path: '/auth/login' });
        expect(new URL(back.headers.get('location') ?? '', box.origin).pathname).toBe('/welcome');
        const { headers } = await visitor.fetch('/page');
        expect([headers.get('x-frame-options'), headers.get('x-own'), headers.get('referrer-policy')]).toEqual([
          null,
          'yes',
          'same-origin',
        ]);
      },
    ));
});

describe('REWRITE_MANIFEST', () => {
  it('manifests are fetched with cookies', () =>
    withBox({ env: { REWRITE_MANIFEST: true } }, async (box) => {
      const visitor = box.visitor();
      await visitor.signIn('user');
      box.application.answer = (_, response) => {
        response.setHeader('content-type', 'text/html');
        response.end('<head><link rel="manifest" href="/m.json"></head>');
      };
      expect((await visitor.go('/page')).text).toMatch(/crossorigin="use-credentials"/);
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
