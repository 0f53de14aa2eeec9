// ZITADEL away, slow or talking nonsense while a login needs it: a 503 page with Retry-After, in time, and no session. ARCHITECTURE §3.

import { describe, expect, it } from 'vitest';
import type { EndpointName, Fault } from '../../stand-in/faults.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import {
  beginLogin,
  callbackFor,
  comeBack,
  expectNoSession,
  expectOwnHeaders,
  isSignedIn,
  lastFault,
  pathOf,
} from './steps.ts';

const FAULTS: [string, Fault][] = [
  ['hangs', 'hang'],
  ['breaks the connection', 'reset'],
  ['answers 503', { status: 503 }],
  ['answers 429', { status: 429, headers: { 'retry-after': '7' } }],
  ['answers with a proxy’s HTML', 'html'],
  ['answers with half a JSON', 'wrong-json'],
  ['answers with eight megabytes', 'huge-body'],
  ['redirects', { status: 302, headers: { location: 'https://evil.example/' } }],
];

function expectUnavailable(harness: Harness, response: Response): void {
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(response.headers.get('content-type')).toContain('text/html');
  expectOwnHeaders(response);
  expect(lastFault(harness)).toMatchObject({ fault: 'provider_unavailable', level: 'error' });
}

describe.each(FAULTS)('a provider that %s', (_name, fault) => {
  // Real time passes only where nothing answers.
  const options = fault === 'hang' ? { providerDeadline: 300 } : {};

  it('at the metadata: no login begins', async () => {
    const harness = createHarness(options);
    harness.zitadel.faults.set('discovery', fault);
    const response = await harness.browser().navigate('/page');
    expectUnavailable(harness, response);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each<EndpointName>(['token', 'keys', 'userinfo'])(
    'at %s: no session, and once it is back a reload ends signed in',
    async (endpoint) => {
      const harness = createHarness(options);
      // Its keys are made when they are first needed, which takes longer than an answer.
      await harness.zitadel.webKeys.active();
      const browser = harness.browser();
      const url = await callbackFor(harness, await beginLogin(browser, '/page'));
      harness.zitadel.faults.set(endpoint, fault);
      expectUnavailable(harness, await comeBack(browser, url));
      await expectNoSession(harness, browser);
      harness.zitadel.faults.clear();
      let back = await comeBack(browser, url);
      for (let reload = 0; reload < 5 && back.status === 503; reload++) back = await comeBack(browser, url);
      // The code was used up where ZITADEL broke down after it.
      if (!locationOf(back).startsWith('https://app.')) {
        back = await comeBack(browser, await callbackFor(harness, new URL(locationOf(back))));
      }
      expect(pathOf(back)).toBe('/page');
      expect(await isSignedIn(browser)).toBe(true);
    },
  );
});

describe('a provider that stays away for long', () => {
  it('promise 3: whoever reloads again and again sees 503 or signs in anew, never another error, and ends signed in', async () => {
    const harness = createHarness();
    await harness.zitadel.webKeys.active();
    const browser = harness.browser();
    let url = await callbackFor(harness, await beginLogin(browser, '/page'));
    harness.zitadel.faults.set('userinfo', 'reset');
    for (let time = 0; time < 4; time++) {
      expectUnavailable(harness, await comeBack(browser, url));
      // The code is used up: ZITADEL broke down after it.
      url = await callbackFor(harness, new URL(locationOf(await comeBack(browser, url))));
    }
    harness.zitadel.faults.clear();
    expect(pathOf(await comeBack(browser, url))).toBe('/page');
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('time', () => {
  it.each<EndpointName>(['token', 'keys', 'userinfo'])(
    'a login’s own deadline ends a wait at %s that one call’s would not',
    async (endpoint) => {
      const harness = createHarness({ providerDeadline: 30_000, loginDeadline: 500 });
      await harness.zitadel.webKeys.active();
      const browser = harness.browser();
      const url = await callbackFor(harness, await beginLogin(browser));
      harness.zitadel.faults.set(endpoint, 'hang');
      // Would it wait for the call's own deadline, the test would time out.
      expectUnavailable(harness, await comeBack(browser, url));
      await expectNoSession(harness, browser);
    },
  );

  it('is ten seconds by default', async () => {
    const { gateway } = createHarness();
    expect(gateway.loginDeadline).toBe(10_000);
  });
});

describe('what has been learnt', () => {
  it('serves stale: an hour later a login begins without ZITADEL’s metadata', async () => {
    const harness = createHarness();
    await beginLogin(harness.browser());
    harness.zitadel.faults.set('discovery', 'reset');
    await harness.advance(3601);
    await beginLogin(harness.browser());
    await harness.settle();
  });

  it.each<[string, (json: Record<string, unknown>) => Record<string, unknown>]>([
    ['without PKCE S256', (json) => ({ ...json, code_challenge_methods_supported: ['plain'] })],
    ['without any word on PKCE', ({ code_challenge_methods_supported: _, ...json }) => json],
    ['with another issuer', (json) => ({ ...json, issuer: 'https://evil.example' })],
    ['with the issuer in other letters', (json) => ({ ...json, issuer: `${json['issuer']}/` })],
    [
      'with an authorization endpoint that is no web address',
      (json) => ({ ...json, authorization_endpoint: 'javascript:alert(1)' }),
    ],
    [
      'with an authorization endpoint without TLS',
      (json) => ({ ...json, authorization_endpoint: 'http://zitadel.test/a' }),
    ],
    ['with keys without TLS', (json) => ({ ...json, jwks_uri: 'http://zitadel.test/keys' })],
    ['without a token endpoint', ({ token_endpoint: _, ...json }) => json],
    ['with an end_session endpoint that is no text', (json) => ({ ...json, end_session_endpoint: 7 })],
  ])('metadata %s begins no login', async (_name, change) => {
    const harness = createHarness();
    harness.zitadel.tamper.discovery = change;
    const response = await harness.browser().navigate('/page');
    expectUnavailable(harness, response);
    expect(response.headers.get('location')).toBeNull();
  });
});

describe('a refusal that is nobody’s but the operator’s', () => {
  it('invalid_client is a 503, and the log says whose mistake it is', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    harness.zitadel.webApplication.authMethod = 'client_secret_basic';
    harness.zitadel.webApplication.clientSecret = 'changed';
    expectUnavailable(harness, await comeBack(browser, url));
    expect(lastFault(harness).reason).toContain('invalid_client');
  });
});
