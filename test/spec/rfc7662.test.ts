// RFC 7662, Token Introspection, requirement by requirement, where it binds who asks.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { lastFault } from '../flow/steps.ts';
import type { Harness } from '../support/harness.ts';
import { callWith, createApi, expectChallenge } from './bearer.ts';

const mint = (harness: Harness) => harness.zitadel.mintAccessToken({ sub: SEED.users.user });
const calls = (harness: Harness) => harness.zitadel.calls.list.filter(({ endpoint }) => endpoint === 'introspection');

describe('§2.1 the request', () => {
  it('is a POST with the token in a form, never in the address', async () => {
    const harness = createApi();
    const addresses: string[] = [];
    const { fetch } = harness.zitadel;
    harness.zitadel.fetch = (input, init) => {
      const request = new Request(input, init);
      addresses.push(request.url);
      return fetch(request);
    };
    const token = await mint(harness);
    expect((await callWith(harness, token)).status).toBe(200);
    expect(calls(harness)).toMatchObject([{ method: 'POST', params: { token, token_type_hint: 'access_token' } }]);
    expect(addresses.join('\n')).not.toContain(token);
  });

  it('is authorized by the API application’s own credentials, not by the token asked about', async () => {
    const harness = createApi();
    await callWith(harness, await mint(harness));
    const [, basic = ''] = /^Basic (.+)$/.exec(calls(harness)[0]?.authorization ?? '') ?? [];
    expect(decodeURIComponent(atob(basic))).toBe(`${SEED.apiClientId}:${SEED.apiClientSecret}`);
  });
});

describe('§2.2 the response', () => {
  it('active: true counts', async () => {
    const harness = createApi();
    expect((await callWith(harness, await mint(harness))).status).toBe(200);
    expect(harness.received.at(-1)?.headers.get('x-forwarded-user')).toBe(SEED.users.user);
  });

  it('active: false is 401, whatever else is said', async () => {
    const harness = createApi();
    harness.zitadel.tamper.introspection = (json) => ({ ...json, active: false });
    await expectChallenge(harness, await callWith(harness, await mint(harness)), 401, 'invalid_token');
  });

  it.each([{ active: undefined }, { active: 'true' }, { active: 1 }, { active: null }])(
    'with %j is no response, and nothing follows from it',
    async (change) => {
      const harness = createApi();
      harness.zitadel.tamper.introspection = (json) => ({ ...json, ...change });
      expect((await callWith(harness, await mint(harness))).status).toBe(503);
      expect(harness.received).toEqual([]);
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['aud', { aud: ['somebody-else'] }],
    ['aud', { aud: undefined }],
    ['iss', { iss: 'https://evil.example' }],
    ['exp', { exp: 1_789_999_999 }],
    ['exp', { exp: undefined }],
    ['nbf', { nbf: 1_790_000_100 }],
    ['token_type', { token_type: 'DPoP' }],
    ['sub', { sub: undefined }],
  ])('§4 %s is held against what the gateway expects: %j', async (_name, change) => {
    const harness = createApi();
    harness.zitadel.tamper.introspection = (json) => ({ ...json, ...change });
    await expectChallenge(harness, await callWith(harness, await mint(harness)), 401, 'invalid_token');
  });
});

describe('§2.3 an error response is no verdict on the token', () => {
  it.each([401, 403, 400, 429, 500, 502])('%i: 503, and the operator is told', async (status) => {
    const harness = createApi();
    harness.zitadel.faults.set('introspection', { status, body: { error: 'invalid_client' } });
    const response = await callWith(harness, await mint(harness));
    expect(response.status).toBe(503);
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(lastFault(harness)).toMatchObject({ fault: 'provider_unavailable' });
    expect(harness.received).toEqual([]);
  });
});

describe('§4 security', () => {
  it('what is remembered is remembered for a minute at most', async () => {
    const harness = createApi();
    const token = await mint(harness);
    for (const seconds of [0, 30, 29]) {
      harness.clock.now += seconds;
      expect((await callWith(harness, token)).status).toBe(200);
    }
    expect(calls(harness)).toHaveLength(1);
    harness.clock.now += 2;
    await callWith(harness, token);
    expect(calls(harness)).toHaveLength(2);
  });

  it('and never beyond exp', async () => {
    const harness = createApi();
    const exp = harness.clock.now + 20;
    harness.zitadel.tamper.introspection = (json) => ({ ...json, exp });
    const token = await mint(harness);
    expect((await callWith(harness, token)).status).toBe(200);
    harness.clock.now = exp;
    harness.received.length = 0;
    await expectChallenge(harness, await callWith(harness, token), 401, 'invalid_token');
  });

  it('a token is remembered as a whole', async () => {
    const harness = createApi();
    const token = await mint(harness);
    expect((await callWith(harness, token)).status).toBe(200);
    harness.received.length = 0;
    for (const other of [token.slice(0, -1), `${token}A`, token.slice(1)])
      await expectChallenge(harness, await callWith(harness, other), 401, 'invalid_token');
  });
});
