// GET /auth/check: what is answered for whom. ARCHITECTURE §2, §3.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { locationOf } from '../support/browser.ts';
import { ORIGIN } from '../support/harness.ts';
import { AS_NAVIGATION, ask, createCheckHarness } from './asking.ts';

const ROUTES = [
  { path: '/public/*', access: 'public' },
  { path: '/closed/*', access: 'deny' },
  { path: '/admin/*', roles: ['admin'] },
  { path: '/posts', methods: ['POST'], roles: ['admin'] },
  { path: '/api/*', cors: ['https://spa.example.com'], credentials: ['bearer'] },
  { path: '/recent/*', max_age: 300 },
  { path: '/tokens/*', forward_access_token: true },
];

async function signedIn(user = 'staff', env: Record<string, unknown> = {}) {
  const harness = createCheckHarness({ env: { ROUTES, ...env } });
  const browser = harness.browser();
  await harness.signIn(browser, user);
  return { harness, browser };
}

describe('a proxy asks about a visitor who is signed in', () => {
  it('204 with the identity headers that the application would get, and the request id', async () => {
    const { browser } = await signedIn();
    const answer = await ask(browser);
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-forwarded-user': SEED.users.staff,
      'x-forwarded-email': 'zoe@acme.example',
      'x-forwarded-name': encodeURIComponent('Zoë Kõiv-Straße 王').replaceAll('%20', ' '),
      'x-forwarded-roles': 'staff,user',
      'x-forwarded-org': SEED.organizationId,
      'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      'cache-control': 'no-store',
    });
    expect(answer.headers.get('x-gateway-secret')).toBeNull();
  });

  it('says who it is on a public route too, and nobody where nobody is known', async () => {
    const { harness, browser } = await signedIn();
    expect((await ask(browser, { uri: '/public/a' })).headers.get('x-forwarded-user')).toBe(SEED.users.staff);
    const stranger = await ask(harness.browser(), { uri: '/public/a' });
    expect(stranger.status).toBe(204);
    expect(stranger.headers.get('x-forwarded-user')).toBeNull();
  });

  it('403 without the role, whatever the query says, and for every reading of the path', async () => {
    const { browser } = await signedIn();
    for (const uri of [
      '/admin',
      '/admin/x?/public/',
      '/public/../admin/x',
      '/public/%2e%2e/admin',
      '/public//..;/admin',
      '/ADMIN',
    ]) {
      expect([uri, (await ask(browser, { uri })).status]).toEqual([uri, 403]);
    }
    expect((await ask(browser, { uri: '/public/x?/admin' })).status).toBe(204);
  });

  it('judges by the original method, not by that of the question', async () => {
    const { browser } = await signedIn();
    expect((await ask(browser, { uri: '/posts' })).status).toBe(204);
    expect((await ask(browser, { uri: '/posts', method: 'POST' })).status).toBe(403);
  });

  it('403 for a denied route, and for a path that is nonsense', async () => {
    const { browser } = await signedIn();
    for (const uri of ['/closed/x', '/a%00', '/a%', '/../x', '/a#/x']) {
      expect([uri, (await ask(browser, { uri })).status]).toEqual([uri, 403]);
    }
  });

  it('counts as activity: the cookie goes on with the 204', async () => {
    const { harness, browser } = await signedIn();
    await harness.advance(1_800);
    const answer = await ask(browser);
    expect(answer.headers.getSetCookie().join()).toContain('__Host-postern=');
    await harness.advance(2_400);
    expect((await ask(browser)).status).toBe(204);
  });

  it('gives the access token only where the rule says so', async () => {
    const { browser } = await signedIn();
    expect((await ask(browser)).headers.get('authorization')).toBeNull();
    expect((await ask(browser, { uri: '/tokens/a' })).headers.get('authorization')).toMatch(/^Bearer \S+$/);
  });

  it('RFC 6455 §10.2 a WebSocket needs an Origin of our own, also where the proxy keeps Upgrade to itself', async () => {
    const { browser } = await signedIn();
    const handshake = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const open = (headers: Record<string, string>) => ask(browser, { headers: { ...handshake, ...headers } });
    expect((await open({ origin: ORIGIN })).status).toBe(204);
    expect((await open({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await open({})).status).toBe(403);
  });

  it('a session that has ended is 401 at once where it ended', async () => {
    const { browser } = await signedIn();
    await browser.fetch('/auth/logout', { method: 'POST' });
    expect((await ask(browser)).status).toBe(401);
  });
});

describe('a proxy asks about somebody who is not signed in', () => {
  it('401 problem JSON whose login_url leads back to the page that was asked for', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const answer = await ask(harness.browser(), { uri: '/a%20b?x=1&y=%26' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="https:\/\/app.example.com"(?!.*error)/);
    const { login_url, status, code } = (await answer.json()) as Record<string, string>;
    expect({ status, code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(new URL(login_url ?? '').searchParams.get('return_to')).toBe('/a%20b?x=1&y=%26');
    expect(answer.headers.get('location')).toBeNull();
  });

  it('for a navigation the same address stands in headers, for proxies that redirect or pass on', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const browser = harness.browser();
    const answer = await ask(browser, { uri: '/reports?page=2', headers: AS_NAVIGATION });
    expect(answer.status).toBe(401);
    const { login_url } = (await answer.json()) as { login_url: string };
    expect(answer.headers.get('location')).toBe(login_url);
    expect(answer.headers.get('refresh')).toBe(`0;url=${login_url}`);
    expect(answer.headers.getSetCookie()).toEqual([]);
    const authorizeUrl = locationOf(await browser.navigate(login_url));
    const callback = await harness.zitadel.signIn({ authorizeUrl, user: 'staff' });
    const back = await browser.navigate(callback);
    expect(new URL(locationOf(back), ORIGIN).href).toBe(`${ORIGIN}/reports?page=2`);
    expect((await ask(browser, { uri: '/reports?page=2', headers: AS_NAVIGATION })).status).toBe(204);
  });

  it('a script is brought back to the page that it runs on, a form not to where it was going', async () => {
    const browser = createCheckHarness().browser();
    const script = await ask(browser, { uri: '/api/data', headers: { referer: `${ORIGIN}/board` } });
    expect(((await script.json()) as { login_url: string }).login_url).toMatch(/return_to=%2Fboard$/);
    const form = await ask(browser, { uri: '/save', method: 'POST', headers: AS_NAVIGATION });
    expect(form.status).toBe(401);
    expect(form.headers.get('location')).toBeNull();
    expect(((await form.json()) as { login_url: string }).login_url).toMatch(/return_to=%2F$/);
  });

  it('a prefetch is not sent to sign in', async () => {
    const answer = await ask(createCheckHarness().browser(), {
      headers: { ...AS_NAVIGATION, 'sec-purpose': 'prefetch' },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('a preflight passes where the rule names its origin, and nowhere else', async () => {
    const browser = createCheckHarness({ env: { ROUTES } }).browser();
    const preflight = (origin: string) =>
      ask(browser, { uri: '/api/x', method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
    expect((await preflight('https://spa.example.com')).status).toBe(204);
    expect((await preflight('https://evil.example')).status).toBe(401);
  });
});

describe('a proxy asks about an API client', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it('204 with the identity for a good token, 403 insufficient_scope without the role', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.service, jwt: true });
    const good = await ask(harness.browser(), { uri: '/api/x', ...bearer(token) });
    expect(good.status).toBe(204);
    expect(good.headers.get('x-forwarded-user')).toBe(SEED.users.service);
    const lacking = await ask(harness.browser(), { uri: '/admin/x', ...bearer(token) });
    expect(lacking.status).toBe(403);
    expect(lacking.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });

  it('401 for a bad token, never forgiven because the cookie is good', async () => {
    const { browser } = await signedIn();
    const answer = await ask(browser, bearer('a.b.c'));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('401 for a malformed header too, since proxies know no 400', async () => {
    const answer = await ask(createCheckHarness().browser(), bearer('a b'));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_request"');
    expect(await answer.json()).toMatchObject({ status: 401, code: 'invalid_token' });
  });
});

describe('a proxy asks about a page that wants a more recent sign-in', () => {
  it('RFC 9470 401 insufficient_user_authentication, and a navigation is led to a new sign-in', async () => {
    const { harness, browser } = await signedIn();
    expect((await ask(browser, { uri: '/recent/x' })).status).toBe(204);
    await harness.advance(600);
    const answer = await ask(browser, { uri: '/recent/x', headers: AS_NAVIGATION });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"');
    expect(locationOf(answer)).toBe(`${ORIGIN}/auth/login?return_to=%2Frecent%2Fx&prompt=login`);
  });
});
