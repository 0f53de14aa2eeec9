// X-Gateway-Secret on the way to the application, and where a client learns how to bring a token. ARCHITECTURE §2, §4; RFC 9728.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness, ISSUER, ORIGIN, UPSTREAM } from '../support/harness.ts';
import { GATEWAY_SECRET, NEW_GATEWAY_SECRET } from './asking.ts';

const ROUTES = [{ path: '/*', access: 'public' }];

async function receivedSecret(upstreamSecret: string | undefined, headers: Record<string, string> = {}) {
  const harness = createHarness({ env: { ROUTES, UPSTREAM_SECRET: upstreamSecret } });
  const answer = await harness.browser().navigate('/', { headers });
  expect(JSON.stringify([...answer.headers])).not.toContain(GATEWAY_SECRET);
  return harness.received.at(-1)?.headers.get('x-gateway-secret');
}

describe('X-Gateway-Secret', () => {
  it('is on every request to the application, and never the visitor’s', async () => {
    expect(await receivedSecret(GATEWAY_SECRET, { 'x-gateway-secret': 'mine' })).toBe(GATEWAY_SECRET);
    expect(await receivedSecret(undefined, { 'x-gateway-secret': 'mine', x_gateway_secret: 'mine' })).toBeNull();
  });

  it('while it rotates, the first is sent', async () => {
    expect(await receivedSecret(`${NEW_GATEWAY_SECRET}, ${GATEWAY_SECRET}`)).toBe(NEW_GATEWAY_SECRET);
  });
});

describe('each upstream has its own secret', () => {
  const PARTNER_SECRET = 'e07b5c1f93a84d26b0f1c7e85d2a9364f8b1e0c7a95d3f62841b7e0c9a5d3f68';
  const PARTNER = 'https://partner.example';
  const RULES = [
    ['/plain/*', { upstream: PARTNER }, null],
    ['/own/*', { upstream: PARTNER, upstream_secret: 'PARTNER_SECRET' }, PARTNER_SECRET],
    ['/sibling/*', { upstream: `${UPSTREAM}/other` }, null],
    ['/port/*', { upstream: `${UPSTREAM}:8443` }, null],
    ['/plainer/*', { upstream: UPSTREAM.replace('https:', 'http:') }, null],
    ['/service/*', { upstream: 'service:SERVICE' }, null],
    ['/same/*', { upstream: `${UPSTREAM}/` }, GATEWAY_SECRET],
    ['/*', {}, GATEWAY_SECRET],
  ] as const;
  const rules = RULES.map(([path, fields]) => ({ path, access: 'public', ...fields }));
  const serviceReceived: Request[] = [];
  const SERVICE = {
    fetch: async (input: RequestInfo, init?: RequestInit) => {
      serviceReceived.push(new Request(input, init));
      return new Response('service');
    },
  };

  it.each(RULES)('%s with %j', async (path, _fields, expected) => {
    const harness = createHarness({
      env: { ROUTES: rules, UPSTREAM_SECRET: `${GATEWAY_SECRET},${NEW_GATEWAY_SECRET}`, PARTNER_SECRET, SERVICE },
    });
    Object.assign(harness.gateway.bindings, { SERVICE });
    const headers = { 'x-gateway-secret': 'mine' };
    await harness.browser().navigate(path.replace('*', 'x'), { headers });
    const sent = path === '/service/*' ? serviceReceived.at(-1) : harness.received.at(-1);
    expect(sent?.headers.get('x-gateway-secret') ?? null).toBe(expected);
    const others = [GATEWAY_SECRET, NEW_GATEWAY_SECRET, PARTNER_SECRET].filter((secret) => secret !== expected);
    for (const secret of others) expect(JSON.stringify([...(sent?.headers ?? [])])).not.toContain(secret);
  });

  it('what an upstream has of its own asks nothing at /auth/check', async () => {
    const harness = createHarness({
      env: { ROUTES: rules.slice(0, 2), UPSTREAM_SECRET: GATEWAY_SECRET, PARTNER_SECRET },
    });
    const asking = { 'x-original-method': 'GET', 'x-original-uri': '/plain/x' };
    const statusFor = async (secret: string) =>
      (await harness.app.request(`${ORIGIN}/auth/check`, { headers: { ...asking, 'x-gateway-secret': secret } }))
        .status;
    expect(await statusFor(PARTNER_SECRET)).toBe(403);
    expect(await statusFor(GATEWAY_SECRET)).toBe(204);
  });
});

describe('GET /.well-known/oauth-protected-resource', () => {
  it('RFC 9728 §3.2 describes what lies behind the gateway, to anybody', async () => {
    const { app, received } = createHarness();
    const answer = await app.request(`${ORIGIN}/.well-known/oauth-protected-resource`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      resource: ORIGIN,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header'],
      scopes_supported: expect.arrayContaining([`urn:zitadel:iam:org:project:id:${SEED.projectId}:aud`]),
    });
    expect(received).toEqual([]);
  });

  it('RFC 9728 §5.1 is where the challenge says it is', async () => {
    const { app } = createHarness();
    const challenge = (await app.request(`${ORIGIN}/api`)).headers.get('www-authenticate') ?? '';
    const [, metadata] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
    expect((await app.request(metadata ?? '')).status).toBe(200);
  });

  it('404 where no bearer tokens are taken', async () => {
    const { app } = createHarness({ env: { ZITADEL_PROJECT_ID: undefined } });
    expect((await app.request(`${ORIGIN}/.well-known/oauth-protected-resource`)).status).toBe(404);
  });
});
