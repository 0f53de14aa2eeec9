// Whatever the gateway itself answers on a route with `cors`, scripts of the origins that it names may read: the status, not a network error.
// Fetch §3.2.

import { describe, expect, it } from 'vitest';
import { createHarness, type HarnessOptions, SECRET } from '../support/harness.ts';
import { signedIn } from './steps.ts';

const SPA = 'https://spa.example.com';
const FIELDS = {
  'access-control-allow-origin': SPA,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'WWW-Authenticate, X-Request-Id',
  vary: 'Origin',
};
const ROUTES = [
  { path: '/api/other-host/*', hosts: ['api.example.com'], cors: [SPA] },
  { path: '/api/role/*', roles: ['nobody'], cors: [SPA] },
  { path: '/api/late/*', timeout: 1, cors: [SPA] },
  { path: '/api/denied/*', access: 'deny', cors: [SPA] },
  { path: '/api/public/*', access: 'public', cors: [SPA] },
  { path: '/api/*', cors: [SPA] },
];

type Scene = Awaited<ReturnType<typeof signedIn>>;
const fieldsOf = ({ headers }: Response) =>
  Object.fromEntries(Object.keys(FIELDS).flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : [])));
const ask = ({ browser }: Scene, path: string, origin = SPA, more: Record<string, string> = {}) =>
  browser.fetch(path, { headers: { origin, 'sec-fetch-site': 'cross-site', ...more } });

const broken = () => Promise.reject(new Error('ECONNREFUSED'));
const late = () => new Promise<Response>(() => undefined);
interface Case {
  readonly path?: string;
  readonly options?: HarnessOptions;
  readonly headers?: Record<string, string>;
  readonly before?: (scene: Scene) => unknown;
}
const CASES: Record<string, Case> = {
  '400 bad_request': { path: '/api/%00' },
  '400 bad_request, a path that climbs out': { path: '/api/..%2f..%2fx' },
  '400 bad_request, a token of no form': {
    headers: { authorization: 'Bearer a b' },
    options: { env: { ZITADEL_PROJECT_ID: '1' } },
  },
  '401 unauthenticated': { before: ({ browser }) => browser.jar.removeAllCookies() },
  '401 invalid_token': { headers: { authorization: 'Bearer x.y.z' }, options: { env: { ZITADEL_PROJECT_ID: '1' } } },
  '403 forbidden': { path: '/api/role/x' },
  '421 misdirected': { path: 'https://elsewhere.example/api/x' },
  '502 upstream_unreachable': { options: { upstream: broken } },
  '502 upstream_unreachable, of a public page': { path: '/api/public/x', options: { upstream: broken } },
  '504 upstream_timeout': { path: '/api/late/x', options: { upstream: late } },
  '508 upstream_loop': { headers: { 'x-gateway-hop': Array(10).fill('0123456789abcdef').join() } },
  '503 store_unavailable': {
    before: async ({ harness }) => {
      await harness.advance(31);
      harness.objects.isDown = true;
    },
  },
};

describe('a failure of our own on a route with cors', () => {
  it.each(Object.entries(CASES))('%s', async (what, { path = '/api/x', options = {}, headers, before }) => {
    const scene = await signedIn({ ...options, env: { ...options.env, ROUTES } });
    await before?.(scene);
    const [status, code] = what.split(/[ ,]+/);
    const response = await ask(scene, path, SPA, headers);
    expect([String(response.status), ((await response.clone().json()) as { code: string }).code]).toEqual([
      status,
      code,
    ]);
    expect(fieldsOf(response)).toEqual(FIELDS);
    for (const origin of ['https://evil.example', 'null', 'https://x.spa.example.com']) {
      expect(fieldsOf(await ask(scene, path, origin, headers)), origin).toEqual({});
    }
  });

  it.each(['/page', '/api/denied/x', '/auth/userinfo', '/auth/nowhere', 'https://elsewhere.example/page', '/%00'])(
    'none to %s, whose rule names nobody',
    async (path) => {
      const scene = await signedIn({ env: { ROUTES }, upstream: broken });
      scene.browser.jar.removeAllCookiesSync();
      const response = await ask(scene, path);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(fieldsOf(response)).toEqual({});
    },
  );

  it('a page says both of what it varies on', async () => {
    const { browser } = await signedIn({ env: { ROUTES }, upstream: broken });
    const response = await browser.navigate('/api/x', { method: 'POST', body: 'x', headers: { origin: SPA } });
    expect([response.status, response.headers.get('vary')]).toEqual([502, 'Accept-Language, Origin']);
  });

  it('the application’s own answer is its own', async () => {
    const scene = await signedIn({ env: { ROUTES }, upstream: () => new Response('x', { status: 503 }) });
    const response = await ask(scene, '/api/x');
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([503, null]);
  });

  it('to a proxy that asks, for the visitor', async () => {
    const harness = createHarness({ env: { ROUTES, UPSTREAM_SECRET: SECRET } });
    const response = await harness.browser().send('/auth/check', {
      headers: {
        'x-gateway-secret': SECRET,
        'x-forwarded-method': 'GET',
        'x-forwarded-uri': '/api/x',
        'sec-fetch-mode': 'cors',
        origin: SPA,
      },
    });
    expect([response.status, fieldsOf(response)]).toEqual([401, FIELDS]);
  });
});
