// The signed assertion and its keys, from the visitor's request to the application. ARCHITECTURE §4; RFC 7517, RFC 7519.

import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { ORIGIN, UPSTREAM } from '../support/harness.ts';
import { ask, createCheckHarness } from './asking.ts';

const ec = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
  kid,
});
const OLD = ec('2026-07');
const NEW = ec('2026-08');
const ED25519 = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'edwards' };

type TestApp = ReturnType<typeof createCheckHarness>['app'];

async function keysOf(app: TestApp): Promise<JSONWebKeySet> {
  const answer = await app.request(`${ORIGIN}/auth/jwks`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as JSONWebKeySet;
}

async function verify(app: TestApp, assertion: string | null | undefined, at: number) {
  const options = { issuer: ORIGIN, audience: UPSTREAM, currentDate: new Date(at * 1000), maxTokenAge: 60 };
  return jwtVerify(assertion ?? '', createLocalJWKSet(await keysOf(app)), options);
}

const signedInWith = async (key: unknown, env: Record<string, unknown> = {}) => {
  const harness = createCheckHarness({ env: { ASSERTION_KEY: JSON.stringify(key), ...env } });
  const browser = harness.browser();
  await harness.signIn(browser, 'staff');
  const lastAssertion = () => harness.received.at(-1)?.headers.get('x-identity-assertion');
  return { harness, browser, lastAssertion };
};

describe('X-Identity-Assertion', () => {
  it.each([
    ['ES256', NEW],
    ['EdDSA', ED25519],
  ] as const)('is verified with the published keys (%s)', async (alg, key) => {
    const { harness, lastAssertion } = await signedInWith(key);
    const { payload, protectedHeader } = await verify(harness.app, lastAssertion(), harness.clock.now);
    expect(protectedHeader).toMatchObject({ alg, kid: key.kid });
    expect(payload).toMatchObject({
      sub: SEED.users.staff,
      email: 'zoe@acme.example',
      roles: ['staff', 'user'],
      org: SEED.organizationId,
      jti: expect.any(String),
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(60);
  });

  it('ARCHITECTURE §4 names the origin of the upstream that it goes to', async () => {
    const ROUTES = [{ path: '/other/*', upstream: 'https://other.internal/base' }];
    const { browser, lastAssertion } = await signedInWith(NEW, { ROUTES });
    expect(decodeJwt(lastAssertion() ?? '').aud).toBe(UPSTREAM);
    await browser.fetch('/other/x');
    expect(decodeJwt(lastAssertion() ?? '').aud).toBe('https://other.internal');
  });

  it('bound to the session, one serves its requests until half its life is over', async () => {
    const { harness, browser, lastAssertion } = await signedInWith(NEW);
    const first = lastAssertion();
    await browser.fetch('/other', { method: 'POST' });
    expect(lastAssertion()).toBe(first);
    await harness.advance(31);
    await browser.fetch('/other');
    expect(lastAssertion()).not.toBe(first);
  });

  it('bound to the request, each has its own, with method and address and without the query', async () => {
    const { harness, browser, lastAssertion } = await signedInWith(NEW, { ASSERTION_BINDING: 'request' });
    await browser.fetch('/a?b=c', { method: 'POST' });
    const first = (await verify(harness.app, lastAssertion(), harness.clock.now)).payload;
    expect(first).toMatchObject({ htm: 'POST', htu: `${ORIGIN}/a` });
    await browser.fetch('/a?b=c', { method: 'POST' });
    expect((await verify(harness.app, lastAssertion(), harness.clock.now)).payload.jti).not.toBe(first.jti);
  });

  it('goes with a verdict, bound to the request that was asked about', async () => {
    const { harness, browser } = await signedInWith(NEW, { ASSERTION_BINDING: 'request' });
    const answer = await ask(browser, { uri: '/asked?x=1', method: 'PUT' });
    const { payload } = await verify(harness.app, answer.headers.get('x-identity-assertion'), harness.clock.now);
    expect(payload).toMatchObject({ sub: SEED.users.staff, htm: 'PUT', htu: `${ORIGIN}/asked` });
  });

  it('is not there for nobody, nor without a key; a visitor’s own goes no further', async () => {
    const env = { ASSERTION_KEY: JSON.stringify(NEW), ROUTES: [{ path: '/*', access: 'public' }] };
    for (const changes of [env, { ...env, ASSERTION_KEY: undefined }]) {
      const harness = createCheckHarness({ env: changes });
      await harness.browser().navigate('/', { headers: { 'x-identity-assertion': 'a.b.c' } });
      expect(harness.received.at(-1)?.headers.has('x-identity-assertion')).toBe(false);
    }
  });
});

describe('GET /auth/jwks', () => {
  it('publishes what verifies and nothing that signs, and is not stored', async () => {
    const { harness } = await signedInWith([NEW, ED25519]);
    const answer = await harness.app.request(`${ORIGIN}/auth/jwks`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/jwk-set+json');
    const { keys } = (await answer.json()) as JSONWebKeySet;
    expect(keys.map(({ kid, alg, use }) => ({ kid, alg, use }))).toEqual([
      { kid: '2026-08', alg: 'ES256', use: 'sig' },
      { kid: 'edwards', alg: 'EdDSA', use: 'sig' },
    ]);
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });

  it('is empty without a key, and read by GET and HEAD only', async () => {
    const { app } = createCheckHarness();
    expect(await keysOf(app)).toEqual({ keys: [] });
    expect((await app.request(`${ORIGIN}/auth/jwks`, { method: 'POST' })).status).toBe(405);
  });

  it('promise 8 while keys rotate, assertions of the old and the new key both verify', async () => {
    const { harness, lastAssertion } = await signedInWith(OLD);
    const before = lastAssertion();
    const rotated = harness.isolate({ ASSERTION_KEY: JSON.stringify([NEW, OLD]) });
    const browser = harness.browser(rotated);
    await harness.signIn(browser, 'staff');
    const after = lastAssertion();
    const header = async (assertion: string | null | undefined) =>
      (await verify(rotated, assertion, harness.clock.now)).protectedHeader.kid;
    expect([await header(before), await header(after)]).toEqual(['2026-07', '2026-08']);
  });
});
