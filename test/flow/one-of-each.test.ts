// One of each in an isolate: whatever is asked, remembered, imported or compiled for the upstream serves /auth/check and the keys too.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import * as servedHosts from '../../src/gate/served-hosts.ts';
import * as assertion from '../../src/identity/assertion.ts';
import * as headers from '../../src/identity/headers.ts';
import * as bearerTokens from '../../src/oidc/bearer/bearer-tokens.ts';
import * as pause from '../../src/oidc/bearer/pause.ts';
import * as rules from '../../src/policy/rules.ts';
import { SEED } from '../../stand-in/seed.ts';
import { type Harness, ORIGIN } from '../support/harness.ts';
import { withSubtle } from '../support/subtle.ts';
import { ask, createCheckHarness } from './asking.ts';

// The same functions, counted.
vi.mock('../../src/policy/rules.ts', { spy: true });
vi.mock('../../src/gate/served-hosts.ts', { spy: true });
vi.mock('../../src/identity/headers.ts', { spy: true });
vi.mock('../../src/identity/assertion.ts', { spy: true });
vi.mock('../../src/oidc/bearer/bearer-tokens.ts', { spy: true });
vi.mock('../../src/oidc/bearer/pause.ts', { spy: true });

const ASSERTION_KEY = JSON.stringify(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
);
const env = {
  ZITADEL_API_CLIENT_ID: SEED.apiClientId,
  ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
  ASSERTION_KEY,
};

/** The ways by which a token may come: sent along to the upstream, or in a question of another proxy. */
const WAYS = {
  upstream: async ({ app }: Harness, token: string) =>
    app.request(`${ORIGIN}/page`, { headers: { authorization: `Bearer ${token}` } }),
  check: async ({ browser }: Harness, token: string) =>
    ask(browser(), { headers: { authorization: `Bearer ${token}` } }),
};
type Way = keyof typeof WAYS;
const ORDERS: readonly (readonly [Way, Way])[] = [
  ['upstream', 'check'],
  ['check', 'upstream'],
  ['upstream', 'upstream'],
  ['check', 'check'],
];

const mint = ({ zitadel }: Harness, lifetime = 3600) =>
  zitadel.mintAccessToken({ sub: SEED.users.staff, aud: [SEED.projectId], lifetime });

describe.each(ORDERS)('a bearer token that comes by %s and then by %s', (first, second) => {
  it('costs one introspection', async () => {
    const harness = createCheckHarness({ env });
    const token = await mint(harness);
    expect((await WAYS[first](harness, token)).ok).toBe(true);
    expect((await WAYS[second](harness, token)).ok).toBe(true);
    expect(harness.zitadel.calls.introspection).toBe(1);
  });

  it('costs one introspection when both come at once', async () => {
    const harness = createCheckHarness({ env });
    harness.zitadel.faults.set('introspection', { delay: 20 });
    const token = await mint(harness);
    const answers = await Promise.all([WAYS[first](harness, token), WAYS[second](harness, token)]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
    expect(harness.zitadel.calls.introspection).toBe(1);
  });

  it('and is refused is remembered as refused', async () => {
    const harness = createCheckHarness({ env });
    const token = 'x'.repeat(64);
    const statuses = [(await WAYS[first](harness, token)).status, (await WAYS[second](harness, token)).status];
    expect([...statuses, harness.zitadel.calls.introspection]).toEqual([401, 401, 1]);
  });

  it('finds ZITADEL left alone for as long as it asked', async () => {
    const harness = createCheckHarness({ env });
    const pausing = { status: 429, headers: { 'retry-after': '20' } };
    harness.zitadel.faults.set('introspection', pausing, { times: 1 });
    expect((await WAYS[first](harness, await mint(harness))).status).toBe(503);
    const another = await mint(harness);
    harness.clock.now += 19;
    expect((await WAYS[second](harness, another)).status).toBe(503);
    expect(harness.zitadel.calls.introspection).toBe(1);
    harness.clock.now += 1;
    expect((await WAYS[second](harness, another)).ok).toBe(true);
    expect(harness.zitadel.calls.introspection).toBe(2);
  });
});

describe('an isolate that has answered by every way', () => {
  async function answerByEveryWay() {
    const harness = createCheckHarness({ env });
    const browser = harness.browser();
    await harness.signIn(browser, 'staff');
    const token = await mint(harness);
    for (const way of ['upstream', 'check', 'upstream', 'check'] as const) await WAYS[way](harness, token);
    const page = await browser.navigate('/page');
    const verdict = await ask(browser);
    const keys = await browser.fetch('/auth/jwks');
    expect([page.status, verdict.status, keys.status]).toEqual([200, 204, 200]);
    return { harness, verdict };
  }

  it('has imported the assertion’s key once', async () => {
    let imports = 0;
    await withSubtle((method, [, key, algorithm], call) => {
      const isAssertionKey = (key as JsonWebKey).crv === 'P-256' && (algorithm as Algorithm).name === 'ECDSA';
      if (method === 'importKey' && isAssertionKey) imports += 1;
      return call();
    }, answerByEveryWay);
    expect(imports).toBe(1);
  });

  it('has given a session the same assertion for the upstream and for a verdict', async () => {
    const { harness, verdict } = await answerByEveryWay();
    const assertion = verdict.headers.get('x-identity-assertion');
    expect(assertion).toMatch(/\./);
    expect(harness.received.at(-1)?.headers.get('x-identity-assertion')).toBe(assertion);
  });

  it.each([
    ['the rules', () => rules.compileRules],
    ['the served hosts', () => servedHosts.compileServedHosts],
    ['the identity headers', () => headers.compileIdentityHeaders],
    ['the assertions', () => assertion.createAssertions],
    ['the memory of bearer tokens', () => bearerTokens.createBearerTokens],
    ['the pause of introspection', () => pause.createPause],
  ] as const)('has made %s once', async (_, made) => {
    vi.mocked(made()).mockClear();
    await answerByEveryWay();
    expect(made()).toHaveBeenCalledTimes(1);
  });
});
