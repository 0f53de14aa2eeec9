// The endpoints' folder, hosts and methods that are not served, and faults inside. ARCHITECTURE §2, §3.

import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { expectOwnHeaders, isSignedIn, lastFault, logIn } from './steps.ts';

const NAVIGATION = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('under the endpoints’ folder', () => {
  const WRONG_METHODS: [method: string, path: string, allowed: string][] = [
    ['PUT', '/auth/login', 'GET, HEAD, POST'],
    ['POST', '/auth/onward', 'GET, HEAD'],
    ['POST', '/auth/callback', 'GET'],
    ['HEAD', '/auth/callback', 'GET'],
    ['PUT', '/auth/logout', 'GET, POST'],
    ['GET', '/auth/backchannel-logout', 'POST'],
    ['POST', '/auth/userinfo', 'GET, HEAD'],
    ['DELETE', '/auth/health', 'GET, HEAD'],
    ['POST', '/auth/logout/callback', 'GET'],
  ];

  it.each(WRONG_METHODS)('%s %s is 405', async (method, path, allowed) => {
    const response = await createHarness().browser().send(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allowed);
    expectOwnHeaders(response);
  });

  it.each(['/auth', '/auth/', '/auth/nothing', '/auth/login/', '/auth//login', '/auth/callback/x'])(
    '%s is 404, for whoever asks, and never the application’s',
    async (path) => {
      const harness = createHarness({ env: { ROUTES: [{ path: '/*', access: 'public' }] } });
      const response = await harness.browser().navigate(path);
      expect(response.status).toBe(404);
      expectOwnHeaders(response);
      expect(harness.received).toEqual([]);
    },
  );

  it('on the operator’s own machine it is said whose folder that is, and how to have another', async () => {
    const env = { ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback', UPSTREAM_URL: 'http://localhost:8081' };
    const { app } = createHarness({ env });
    const ask = (url: string, headers = {}) => app.request(url, { headers });
    const page = await (await ask('http://localhost:8787/auth/github/callback', NAVIGATION)).text();
    expect(page).toContain('This folder belongs to the gateway');
    expect(page).toContain('--url http://localhost:8787/_auth/callback');
    const { detail } = (await (await ask('http://localhost:8787/auth/github')).json()) as { detail: string };
    expect(detail).toContain('below /auth/');
    const public_ = createHarness().app;
    expect(await (await public_.request(`${ORIGIN}/auth/github`, { headers: NAVIGATION })).text()).not.toContain(
      'folder',
    );
    expect(await (await public_.request(`${ORIGIN}/auth/github`)).json()).not.toHaveProperty('detail');
    // What is merely off is not explained so.
    expect(await (await ask('http://localhost:8787/auth/metrics')).json()).not.toHaveProperty('detail');
  });

  it.each([
    '/auth/login',
    '/auth/userinfo',
    '/auth/health',
    '/auth/logout',
    '/auth/logout/callback',
    '/auth/profile',
    '/auth/callback',
  ])('%s carries our own headers whatever it answers', async (path) =>
    expectOwnHeaders(await createHarness().browser().navigate(path)),
  );

  it('HEAD is answered without a body', async () => {
    const response = await createHarness().browser().send('/auth/health', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('hosts and methods that are not served', () => {
  it.each(['https://evil.example/page', 'https://app.example.com:8443/page', 'https://evil.example/auth/login'])(
    '421: %s',
    async (url) => {
      const harness = createHarness({ env: { ROUTES: [{ path: '/*', access: 'public' }] } });
      const response = await harness.app.request(url, { headers: NAVIGATION });
      expect(response.status).toBe(421);
      expectOwnHeaders(response);
      expect(harness.received).toEqual([]);
    },
  );

  it('a host that a route lists is served', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/*', hosts: ['api.example.com'], access: 'public' }] } });
    expect((await harness.app.request('https://api.example.com/x')).status).toBe(200);
  });

  it.each(['/page', '/auth/login'])('TRACE %s is 405, and reaches nobody', async (path) => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/*', access: 'public' }] } });
    // No Request can be made with this method here; a socket can carry it.
    const request = Object.defineProperty(new Request(ORIGIN + path), 'method', { value: 'TRACE' });
    const response = await harness.app.fetch(request);
    expect(response.status).toBe(405);
    expectOwnHeaders(response);
    expect(harness.received).toEqual([]);
  });
});

describe('what goes wrong inside', () => {
  it('is a 500 with nothing of it, and the reason in the log (promise 10)', async () => {
    const harness = createHarness();
    const { gateway } = harness;
    const authorizationUrl = () => Promise.reject(new RangeError('secret detail'));
    const app = createApp({ ...gateway, relyingParty: { ...gateway.relyingParty, authorizationUrl } });
    const response = await harness.browser(app).navigate('/x');
    expect(response.status).toBe(500);
    expectOwnHeaders(response);
    expect(await response.text()).not.toContain('secret detail');
    expect(String(lastFault(harness).reason)).toContain('secret detail');
  });

  it('never lets anybody through while the sessions’ store is away', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await logIn(harness, browser);
    harness.clock.now += 31;
    harness.objects.isDown = true;
    harness.received.length = 0;
    const response = await browser.navigate('/page');
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(harness.received).toEqual([]);
    harness.objects.isDown = false;
    expect(await isSignedIn(browser)).toBe(true);
  });
});
