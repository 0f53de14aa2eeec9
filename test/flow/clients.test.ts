// The three ways to prove oneself at ZITADEL: nothing but PKCE, a client secret, an application key. A whole life of each.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import type { Application } from '../../stand-in/store.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { isSignedIn, lastFault, logIn } from './steps.ts';

// Everything that form-encoding inside Basic can get wrong (RFC 6749 §2.3.1).
const SECRET = 'a:b c+d%2F/=&"ü€~!*\'()-_.';

/** Signs in, renews, signs out; the calls in which the gateway had to prove itself. */
async function live(harness: Harness) {
  const browser = harness.browser();
  await logIn(harness, browser);
  await harness.advance(590);
  expect(await isSignedIn(browser)).toBe(true);
  const response = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
  expect(locationOf(response)).toContain('/end_session?');
  const calls = harness.zitadel.calls.list.filter(({ endpoint }) => endpoint === 'token' || endpoint === 'revocation');
  expect(calls.map(({ endpoint, status }) => `${endpoint} ${status}`)).toEqual([
    'token 200',
    'token 200',
    'revocation 200',
  ]);
  return calls;
}

function createClient(authMethod: Application['authMethod'], env: Record<string, unknown>): Harness {
  const harness = createHarness({ env, zitadel: { lifetimes: { accessToken: 600 } } });
  Object.assign(harness.zitadel.webApplication, {
    authMethod,
    ...(authMethod === 'client_secret_basic' && { clientSecret: SECRET }),
  });
  return harness;
}

/** The application with a key, whose file must be known before the gateway is. */
async function createKeyClient(change: (file: Record<string, unknown>) => void = () => {}) {
  const harness = createClient('private_key_jwt', {});
  const file = { ...(await harness.zitadel.createApplicationKey(SEED.webApplicationId)) } as Record<string, unknown>;
  change(file);
  const app = harness.isolate({ ZITADEL_CLIENT_KEY: JSON.stringify(file) });
  return { ...harness, app, browser: () => harness.browser(app) };
}

describe('a public client', () => {
  it('sends its id, the verifier, and no secret of any kind', async () => {
    const calls = await live(createClient('none', {}));
    for (const { params, authorization } of calls) {
      expect(authorization).toBeUndefined();
      expect(params).not.toHaveProperty('client_secret');
      expect(params['client_id']).toBe(SEED.webClientId);
    }
    expect(calls[0]?.params['code_verifier']).toMatch(/^[\w.~-]{43,128}$/);
  });
});

describe('a client with a secret', () => {
  it('sends it form-encoded in Basic, and nowhere else', async () => {
    const calls = await live(createClient('client_secret_basic', { ZITADEL_CLIENT_SECRET: SECRET }));
    for (const { params, authorization } of calls) {
      expect(authorization).toMatch(/^Basic /);
      expect(JSON.stringify(params)).not.toContain('client_secret');
    }
    expect(calls[0]?.params['code_verifier']).toBeDefined();
  });

  it('is a 503 with a wrong one, and the secret is nowhere in the log', async () => {
    const harness = createClient('client_secret_basic', { ZITADEL_CLIENT_SECRET: 'wrong-secret-wrong-secret' });
    expect((await logIn(harness, harness.browser())).status).toBe(503);
    expect(lastFault(harness)).toMatchObject({ fault: 'provider_unavailable', level: 'error' });
    expect(JSON.stringify(harness.events)).not.toContain('wrong-secret');
  });
});

describe('a client with an application key', () => {
  it('signs an assertion with ZITADEL’s PKCS#1 key for each call, for the issuer, for a short time', async () => {
    const harness = await createKeyClient();
    const calls = await live(harness);
    const seen = new Set<unknown>();
    for (const { params, authorization } of calls) {
      expect(authorization).toBeUndefined();
      const [header, payload] = (params['client_assertion'] ?? '').split('.').slice(0, 2).map(decode);
      expect(header).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
      expect(payload).toMatchObject({ iss: SEED.webClientId, sub: SEED.webClientId, aud: harness.zitadel.issuer });
      expect(Number(payload?.['exp']) - Number(payload?.['iat'])).toBeLessThanOrEqual(180);
      seen.add(payload?.['jti']);
    }
    expect(seen.size).toBe(calls.length);
  });

  it('is a 503 with a key that ZITADEL does not know', async () => {
    const harness = await createKeyClient((file) => {
      file['keyId'] = '1';
    });
    expect((await logIn(harness, harness.browser())).status).toBe(503);
  });
});

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
