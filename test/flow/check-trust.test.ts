// GET /auth/check: who is believed, and what of it. ARCHITECTURE §2; CVE-2026-40575, CVE-2026-39858, CVE-2021-32637.

import { describe, expect, it } from 'vitest';
import { ORIGIN } from '../support/harness.ts';
import { ask, askBare, createCheckHarness, GATEWAY_SECRET, NEW_GATEWAY_SECRET } from './asking.ts';

const ROUTES = [
  { path: '/public/*', access: 'public' },
  { path: '/board/*', hosts: ['board.example.com'], access: 'public' },
];
const ABOUT_PUBLIC = { 'x-original-method': 'GET', 'x-original-uri': '/public/a' };
const SECRET = { 'x-gateway-secret': GATEWAY_SECRET };

async function statusFor(headers: Record<string, string>, env: Record<string, unknown> = {}, method = 'GET') {
  const harness = createCheckHarness({ env: { ROUTES, ...env } });
  return (await askBare(harness.browser(), headers, method)).status;
}

describe('who asks', () => {
  it('403 for every path without the gateway secret, with a wrong one, with two, and where none is configured', async () => {
    expect(await statusFor(ABOUT_PUBLIC)).toBe(403);
    expect(await statusFor({ ...ABOUT_PUBLIC, 'x-gateway-secret': '' })).toBe(403);
    expect(await statusFor({ ...ABOUT_PUBLIC, 'x-gateway-secret': NEW_GATEWAY_SECRET })).toBe(403);
    expect(await statusFor({ ...ABOUT_PUBLIC, 'x-gateway-secret': `${GATEWAY_SECRET}, ${GATEWAY_SECRET}` })).toBe(403);
    expect(await statusFor({ ...ABOUT_PUBLIC, ...SECRET }, { UPSTREAM_SECRET: undefined })).toBe(403);
    expect(await statusFor({ ...ABOUT_PUBLIC, 'x-gateway-secret': '' }, { UPSTREAM_SECRET: undefined })).toBe(403);
    expect(await statusFor({ ...ABOUT_PUBLIC, ...SECRET })).toBe(204);
  });

  it('a visitor who is signed in learns nothing by asking', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    const answer = await askBare(browser, ABOUT_PUBLIC);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-forwarded-user')).toBeNull();
  });

  it('a path behind the question mark, as Envoy’s prefix makes it, is nobody’s business', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const headers = { ...ABOUT_PUBLIC, ...SECRET, 'x-original-uri': '/page' };
    expect((await harness.browser().send('/auth/check?/public/a', { headers })).status).toBe(401);
  });

  it('takes either secret while it rotates', async () => {
    const env = { UPSTREAM_SECRET: `${NEW_GATEWAY_SECRET},${GATEWAY_SECRET}` };
    expect(await statusFor({ ...ABOUT_PUBLIC, ...SECRET }, env)).toBe(204);
    expect(await statusFor({ ...ABOUT_PUBLIC, 'x-gateway-secret': NEW_GATEWAY_SECRET }, env)).toBe(204);
    expect(await statusFor({ ...ABOUT_PUBLIC, 'x-gateway-secret': env.UPSTREAM_SECRET }, env)).toBe(403);
  });

  it('answers the methods that proxies use, HEAD and the visitor’s own included', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
      expect([method, await statusFor({ ...ABOUT_PUBLIC, ...SECRET }, {}, method)]).toEqual([method, 204]);
    }
  });
});

describe('a proxy that reaches the gateway by another name than the public one', () => {
  const at = (host: string, headers: Record<string, string>) =>
    createCheckHarness({ env: { ROUTES } }).app.request(`https://${host}/auth/check`, { headers });
  const SITE = { 'x-forwarded-host': 'app.example.com' };

  it('may ask there, once it has proved itself and says what host it is about', async () => {
    expect((await at('gateway.internal:8787', { ...ABOUT_PUBLIC, ...SECRET, ...SITE })).status).toBe(204);
    const uri = { 'x-original-uri': `${ORIGIN}/public/a` };
    expect((await at('gateway.internal:8787', { ...ABOUT_PUBLIC, ...SECRET, ...uri })).status).toBe(204);
    expect((await at('gateway.internal:8787', { ...ABOUT_PUBLIC, ...SECRET })).status).toBe(403);
    const elsewhere = { 'x-forwarded-host': 'evil.example' };
    expect((await at('gateway.internal:8787', { ...ABOUT_PUBLIC, ...SECRET, ...elsewhere })).status).toBe(403);
  });

  it('421 for everybody else, and for everything else there', async () => {
    expect((await at('gateway.internal:8787', { ...ABOUT_PUBLIC, ...SITE })).status).toBe(421);
    const headers = { ...ABOUT_PUBLIC, ...SECRET, ...SITE };
    expect((await at('gateway.internal:8787', { ...headers, 'x-gateway-secret': 'no' })).status).toBe(421);
    const app = createCheckHarness({ env: { ROUTES } }).app;
    for (const path of ['/auth/login', '/auth/userinfo', '/public/a', '/auth/check/', '/auth//check']) {
      expect([path, (await app.request(`https://gateway.internal${path}`, { headers })).status]).toEqual([path, 421]);
    }
  });
});

describe('what is said of the request', () => {
  const said: [what: string, headers: Record<string, string>, status: number][] = [
    ['nothing', {}, 403],
    ['no method', { 'x-original-uri': '/public/a' }, 403],
    ['no URI', { 'x-original-method': 'GET' }, 403],
    [
      'the method by one name, the URI by the other',
      { 'x-original-method': 'GET', 'x-forwarded-uri': '/public/a' },
      403,
    ],
    ['two URIs of one name', { ...ABOUT_PUBLIC, 'x-original-uri': '/public/a, /public/b' }, 403],
    ['two methods of one name', { ...ABOUT_PUBLIC, 'x-original-method': 'GET, GET' }, 403],
    ['both families, agreeing', { ...ABOUT_PUBLIC, 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/public/a' }, 204],
    ['another URI in the other family', { ...ABOUT_PUBLIC, 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/x' }, 403],
    [
      'another method in the other family',
      { ...ABOUT_PUBLIC, 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/public/a' },
      403,
    ],
    ['half of the other family', { ...ABOUT_PUBLIC, 'x-forwarded-uri': '/public/a' }, 403],
    ['Traefik’s and Caddy’s names', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/public/a' }, 204],
    ['an absolute URI', { ...ABOUT_PUBLIC, 'x-original-uri': `${ORIGIN}/public/a?b` }, 204],
    [
      'an absolute URI of a host that is not ours',
      { ...ABOUT_PUBLIC, 'x-original-uri': 'https://evil.example/public/a' },
      403,
    ],
    [
      'an absolute URI of another host than the header’s',
      { ...ABOUT_PUBLIC, 'x-original-uri': `${ORIGIN}/public/a`, 'x-forwarded-host': 'board.example.com' },
      403,
    ],
    [
      'the host of a rule',
      { ...ABOUT_PUBLIC, 'x-original-uri': '/board/a', 'x-forwarded-host': 'BOARD.example.com:443' },
      204,
    ],
    ['a rule’s path at another host', { ...ABOUT_PUBLIC, 'x-original-uri': '/board/a' }, 401],
    ['a host that is not ours', { ...ABOUT_PUBLIC, 'x-forwarded-host': 'evil.example' }, 403],
    ['two hosts', { ...ABOUT_PUBLIC, 'x-forwarded-host': 'app.example.com, evil.example' }, 403],
    ['a host with somebody’s name', { ...ABOUT_PUBLIC, 'x-forwarded-host': 'a@app.example.com' }, 403],
    ['X-Original-URL', { 'x-original-method': 'GET', 'x-original-url': `${ORIGIN}/public/a` }, 204],
    [
      'X-Original-URL of another site',
      { 'x-original-method': 'GET', 'x-original-url': 'https://evil.example/public/a' },
      403,
    ],
    ['X-Original-URL against X-Original-URI', { ...ABOUT_PUBLIC, 'x-original-url': `${ORIGIN}/public/b` }, 403],
    ['no path', { ...ABOUT_PUBLIC, 'x-original-uri': '*' }, 403],
    ['a path that is none', { ...ABOUT_PUBLIC, 'x-original-uri': 'public/a' }, 403],
    ['an authority', { ...ABOUT_PUBLIC, 'x-original-method': 'CONNECT', 'x-original-uri': 'app.example.com:443' }, 403],
    ['TRACE', { ...ABOUT_PUBLIC, 'x-original-method': 'TRACE' }, 403],
    ['a method in small letters', { ...ABOUT_PUBLIC, 'x-original-method': 'get' }, 403],
    ['a method of WebDAV', { ...ABOUT_PUBLIC, 'x-original-method': 'PROPFIND' }, 204],
    ['a path that begins like a host', { ...ABOUT_PUBLIC, 'x-original-uri': '//app.example.com/public/a' }, 401],
    ['a fragment', { ...ABOUT_PUBLIC, 'x-original-uri': '/public/a#/../x' }, 403],
  ];
  it.each(said)('%s', async (_what, headers, status) => {
    expect(await statusFor({ ...SECRET, ...headers })).toBe(status);
  });

  it('a visitor’s own headers under the other names can’t change what is judged', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const headers = { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/public/a' };
    expect((await ask(harness.browser(), { uri: '/secret', headers })).status).toBe(403);
  });

  it('promise 10 nothing passes while sessions can’t be checked', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'admin');
    harness.clock.now += 60;
    harness.objects.isDown = true;
    expect((await ask(browser)).status).toBe(503);
  });

  it('the log names the request that was asked about, without its query', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    await ask(harness.browser(), { uri: '/secret?token=1', method: 'PUT' });
    expect(harness.events.at(-1)).toMatchObject({ endpoint: 'check', method: 'PUT', path: '/secret', status: 401 });
    expect(JSON.stringify(harness.events)).not.toContain('token=1');
  });
});
