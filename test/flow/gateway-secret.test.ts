// X-Gateway-Secret on the way to the application, and where a client learns how to bring a token. Design §2, §4; RFC 9728.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../demo/zitadel/seed.ts';
import { createHarness, ISSUER, ORIGIN } from '../support/harness.ts';
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
