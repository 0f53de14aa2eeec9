// ARCHITECTURE §1: single settings and what they change, from outside.

import { generateKeyPairSync } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { type BlackBox, SCRIPTED } from './support/gateway.ts';
import { withBox } from './with-box.ts';

describe('the signed assertion', () => {
  const makeKey = (kid: string) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid };
  };

  it.each(['session', 'request'])(
    'with ASSERTION_BINDING = "%s" is bound as it says, and verifies against /auth/jwks',
    (binding) =>
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
