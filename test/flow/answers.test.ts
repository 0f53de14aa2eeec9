// Who gets what answer without credentials, and how a problem is told. ARCHITECTURE §3; RFC 9457.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ISSUER, ORIGIN } from '../support/harness.ts';
import { expectOwnHeaders, logIn } from './steps.ts';

describe('no credentials', () => {
  it.each<[string, Record<string, string>]>([
    ['Fetch Metadata says so', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: '*/*' }],
    ['an old browser’s Accept says so', { accept: 'text/html,application/xhtml+xml' }],
  ])('a navigation (%s) is sent to ZITADEL', async (_name, headers) => {
    const response = await createHarness().browser().send('/page', { headers });
    expect(response.status).toBe(302);
    expect(new URL(locationOf(response)).origin).toBe(ISSUER);
    expectOwnHeaders(response);
  });

  it.each<[string, Record<string, string>]>([
    ['fetch', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: 'text/html' }],
    ['XHR of an old browser', { 'x-requested-with': 'XMLHttpRequest', accept: 'text/html' }],
    ['an API client', { accept: 'application/json' }],
    ['no Accept at all', {}],
    ['a WebSocket', { upgrade: 'websocket', connection: 'Upgrade', accept: 'text/html' }],
    ['a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', accept: 'text/html' }],
    ['a picture', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: 'image/*' }],
  ])('anything else (%s) gets 401 problem JSON', async (_name, headers) => {
    const response = await createHarness().browser().send('/page', { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('location')).toBeNull();
    expect(response.headers.getSetCookie()).toEqual([]);
    expectOwnHeaders(response);
  });

  it.each([
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { purpose: 'prefetch' },
    { 'x-moz': 'prefetch' },
  ])('a prefetch (%j) starts no login, neither at a page nor at an endpoint', async (headers) => {
    for (const path of ['/page', '/auth/login', '/auth/profile', '/auth/callback?code=a&state=b']) {
      const response = await createHarness().browser().navigate(path, { headers });
      expect([400, 401]).toContain(response.status);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });

  it('a navigation where only bearer tokens are taken is 401: signing in would not help', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/api/*', credentials: ['bearer'] }] } });
    const browser = harness.browser();
    await logIn(harness, browser);
    const response = await browser.navigate('/api/x');
    expect([response.status, response.headers.get('location')]).toEqual([401, null]);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('Fetch §3.2 a script of an origin that the rule names may read the 401, no other may', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/api/*', cors: ['https://spa.example.com'] }] } });
    const ask = async (origin: string) => {
      const response = await harness.browser().fetch('/api/x', { headers: { origin, 'sec-fetch-site': 'cross-site' } });
      const names = ['allow-origin', 'allow-credentials', 'expose-headers'].map((name) => `access-control-${name}`);
      return [response.status, ...[...names, 'vary'].map((name) => response.headers.get(name))];
    };
    expect(await ask('https://spa.example.com')).toEqual([
      401,
      'https://spa.example.com',
      'true',
      'WWW-Authenticate, X-Request-Id',
      'Origin',
    ]);
    for (const origin of ['https://evil.example', 'https://x.spa.example.com', 'http://spa.example.com', 'null']) {
      expect((await ask(origin)).slice(0, 4)).toEqual([401, null, null, null]);
    }
  });

  it('a public page stays public', async () => {
    const harness = createHarness({ env: { ROUTES: [{ path: '/open/*', access: 'public' }] } });
    expect((await harness.browser().navigate('/open/x')).status).toBe(200);
  });
});

describe('problem JSON (RFC 9457)', () => {
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const harness = createHarness();
    const response = await harness.browser().fetch(path, { headers });
    return { harness, response, problem: (await response.json()) as Record<string, unknown> };
  };

  it('has type, title, status, code, request_id, and login_url on a 401', async () => {
    const { problem } = await ask('/page');
    expect(Object.keys(problem).sort()).toEqual(['code', 'login_url', 'request_id', 'status', 'title', 'type']);
    expect(problem).toMatchObject({
      status: 401,
      code: 'unauthenticated',
      title: expect.any(String),
      type: expect.any(String),
    });
  });

  it('login_url brings back to the page that the script runs on', async () => {
    const { problem } = await ask('/api/data', { referer: `${ORIGIN}/board?x=1` });
    expect(problem['login_url']).toBe(`${ORIGIN}/auth/login?return_to=${encodeURIComponent('/board?x=1')}`);
  });

  it.each(['https://evil.example/x', 'nonsense', `${ORIGIN}/auth/logout`])(
    'login_url does not follow Referer %s',
    async (referer) => {
      const { problem } = await ask('/api/data', { referer });
      expect(problem['login_url']).toBe(`${ORIGIN}/auth/login?return_to=%2F`);
    },
  );

  it('has no login_url on anything but a 401', async () => {
    const { response, problem } = await ask('/auth/nothing');
    expect(response.status).toBe(404);
    expect(problem).not.toHaveProperty('login_url');
  });

  it('the request id is in the header, the body and the log, and is not the caller’s', async () => {
    const { harness, response, problem } = await ask('/page', { 'x-request-id': 'mine' });
    const id = response.headers.get('x-request-id');
    expect(problem['request_id']).toBe(id);
    expect(harness.events.at(-1)).toMatchObject({ event: 'request', request_id: id, status: 401 });
    expect(id).not.toBe('mine');
  });

  it('the request id is on the page', async () => {
    const response = await createHarness().browser().navigate('/auth/nothing');
    const id = response.headers.get('x-request-id') ?? 'none';
    expect(await response.text()).toContain(id);
  });
});
