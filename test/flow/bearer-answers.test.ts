// What API clients are answered: problem JSON, whatever they accept; no cookie, no redirect.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { ask, GATEWAY_SECRET } from './asking.ts';

const HTML = { accept: 'text/html' };

async function answerTo(authorization: string, path = '/echo') {
  const harness = createHarness({ env: { ROUTES: [{ path: '/admin/*', roles: ['admin'] }] } });
  harness.zitadel.webApplication.accessTokenRoleAssertion = true;
  const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true });
  const headers = { ...HTML, authorization: authorization.replace('{token}', token) };
  const response = await harness.app.fetch(new Request(ORIGIN + path, { headers }));
  return {
    harness,
    response,
    body: response.status === 200 ? undefined : ((await response.json()) as { code: string }),
  };
}

describe('RFC 6750 answers to a bearer token', () => {
  it.each([
    ['Bearer not-a-token', 401, 'invalid_token'],
    ['Bearer a b', 400, 'invalid_request'],
  ])('%s is %i with error="%s", as JSON', async (authorization, status, error) => {
    const { response } = await answerTo(authorization);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('www-authenticate')).toContain(`error="${error}"`);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('a good one passes, and stays at the gateway', async () => {
    const { harness, response } = await answerTo('Bearer {token}');
    expect(response.status).toBe(200);
    expect(harness.received.at(-1)?.headers.get('authorization')).toBeNull();
    expect(harness.received.at(-1)?.headers.get('x-forwarded-user')).toBe(SEED.users.user);
  });

  it('one without the role is 403 insufficient_scope, as JSON', async () => {
    const { response, body } = await answerTo('Bearer {token}', '/admin/users');
    expect(response.status).toBe(403);
    expect(body?.code).toBe('insufficient_scope');
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });
});

describe('OIDC Core §10.1.1 bearer tokens while ZITADEL rotates its keys', () => {
  const ask = async (harness: ReturnType<typeof createHarness>, token: string) =>
    harness.app.fetch(new Request(`${ORIGIN}/echo`, { headers: { authorization: `Bearer ${token}` } }));
  const mint = ({ zitadel }: ReturnType<typeof createHarness>) =>
    zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true });

  it('of a second and a third new key within seconds pass', async () => {
    const harness = createHarness();
    await ask(harness, await mint(harness));
    for (const algorithm of ['ES256', 'RS256', 'EdDSA', 'RS512'] as const) {
      await harness.zitadel.rotateKeys(algorithm);
      expect((await ask(harness, await mint(harness))).status).toBe(200);
      harness.clock.now += 2;
    }
  });

  it('while a flood of invented keys leaves a new one unknown the answer is 503 with Retry-After, and then 200', async () => {
    const harness = createHarness();
    await ask(harness, await mint(harness));
    harness.zitadel.calls.reset();
    for (let count = 0; count < 100; count++) {
      const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `invented-${count}` })).toString('base64url');
      await ask(harness, `${header}.e30.AAAA`);
    }
    expect(harness.zitadel.calls.keys).toBeLessThanOrEqual(20);
    await harness.zitadel.rotateKeys('ES256');
    const token = await mint(harness);
    const unknown = await ask(harness, token);
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '3']);
    harness.clock.now += 3;
    expect((await ask(harness, token)).status).toBe(200);
  });
});

describe('ARCHITECTURE §4 a bearer token that the gateway has consumed', () => {
  it.each([
    ['/plain', false],
    ['/id', false],
    ['/access', true],
  ])('on %s reaches the upstream: %j', async (path, isForwarded) => {
    const ROUTES = [
      { path: '/id', forward_id_token: true },
      { path: '/access', forward_access_token: true },
    ];
    const harness = createHarness({ env: { ROUTES } });
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: true });
    const headers = { authorization: `bearer ${token}` };
    const response = await harness.app.fetch(new Request(ORIGIN + path, { headers }));
    expect(response.status).toBe(200);
    const [received] = harness.received;
    expect(received?.headers.get('authorization')).toBe(isForwarded ? `Bearer ${token}` : null);
    expect(received?.headers.has('x-forwarded-id-token')).toBe(false);
  });
});

describe('invented tokens, by the address that the edge names', () => {
  const API = { ZITADEL_API_CLIENT_ID: SEED.apiClientId, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
  const invented = (index: number) => `invented-${index}-`.padEnd(64, 'x');

  it('429 problem JSON with Retry-After for who sends too many; others are served', async () => {
    const harness = createHarness({ env: API });
    const send = (token: string, address: string) =>
      harness.app.request(`${ORIGIN}/x`, {
        headers: { authorization: `Bearer ${token}`, 'cf-connecting-ip': address },
      });
    const statuses = [];
    for (let index = 0; index < 60; index++) statuses.push((await send(invented(index), '203.0.113.7')).status);
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
    expect(harness.zitadel.calls.introspection).toBeLessThanOrEqual(20);
    const refused = await send(invented(99), '203.0.113.7');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ status: 429, code: 'too_many_requests' });
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.user });
    expect((await send(token, '203.0.113.8')).status).toBe(200);
    expect(harness.received).toHaveLength(1);
  });

  it('a proxy that asks for its visitors is not one client', async () => {
    const env = { ...API, UPSTREAM_SECRET: GATEWAY_SECRET };
    const harness = createHarness({ env });
    const statuses = new Set<number>();
    for (let index = 0; index < 60; index++) {
      const headers = { authorization: `Bearer ${invented(index)}`, 'cf-connecting-ip': '203.0.113.7' };
      statuses.add((await ask(harness.browser(), { headers })).status);
    }
    expect([...statuses]).toEqual([401]);
  });
});
