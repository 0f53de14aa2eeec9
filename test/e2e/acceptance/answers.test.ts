// ARCHITECTURE §3: who gets what answer, from outside: nobody, sessions that are none, hosts and methods.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAnswersBox, SOCKET } from './answers-bed.ts';
import { expectOwnHeaders, expectProblem } from './support/expectations.ts';
import { addressOf, type BlackBox, NAVIGATION, SCRIPTED, type Visitor } from './support/gateway.ts';
import { plainly } from './support/recorder.ts';

let box: BlackBox;
let user: Visitor;
beforeAll(async () => {
  ({ box, user } = await openAnswersBox());
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
  box.application.answer = plainly;
});

describe('no credentials', () => {
  it.each(['GET', 'HEAD'])('%s of a document: 302 to ZITADEL', async (method) => {
    const answer = await box.visitor().go('/page?a=b', { method });
    expect(answer.status).toBe(302);
    const url = new URL(addressOf(answer));
    expect(url.origin + url.pathname).toBe(`${box.zitadel.issuer}/oauth/v2/authorize`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expectOwnHeaders(answer);
    expect(box.application.received).toEqual([]);
  });

  it.each([
    ['fetch', SCRIPTED],
    ['XHR', { 'x-requested-with': 'XMLHttpRequest', accept: 'text/html' }],
    ['an API client', { accept: 'application/json' }],
    ['a client that says nothing', {}],
    ['curl', { accept: '*/*', 'user-agent': 'curl/8' }],
    ['an image', { accept: 'image/avif,image/webp,*/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a WebSocket', { ...SOCKET, origin: 'https://app.example.com' }],
  ])('%s: 401 problem JSON with login_url, and the Bearer challenge', async (_kind, headers) => {
    const answer = await box.ask('/page?a=b', { headers: headers as Record<string, string> });
    expectProblem(answer, 401);
    const login = new URL(answer.json().login_url);
    expect(login.origin + login.pathname).toBe('https://app.example.com/auth/login');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
    expect(answer.headers.get('www-authenticate')).not.toContain('error=');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(box.application.received).toEqual([]);
  });

  it('an old browser without Sec-Fetch is told by Accept', async () => {
    expect((await box.ask('/page', { headers: { accept: 'text/html,*/*;q=0.8' } })).status).toBe(302);
  });

  it('a route that takes no bearer tokens has no Bearer challenge', async () => {
    const answer = await box.ask('/web/x', { headers: SCRIPTED });
    expectProblem(answer, 401);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('unauthenticated = "redirect" leads a fetch to the login, too', async () => {
    expect((await box.ask('/redirect/x', { headers: SCRIPTED })).status).toBe(302);
  });

  it('unauthenticated = "401" tells a navigation so', async () => {
    const answer = await box.ask('/plain/x', { headers: NAVIGATION });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('location')).toBeNull();
  });

  it.each(['Sec-Purpose', 'sec-purpose'])('a prefetch (%s) starts no login', async (name) => {
    for (const purpose of ['prefetch', 'prefetch;prerender']) {
      const answer = await box.ask('/page', { headers: { ...NAVIGATION, [name]: purpose } });
      expect(answer.status).not.toBe(302);
      expect(answer.cookies).toEqual([]);
    }
  });

  it('a cross-site POST is not kept, and does not reach the application', async () => {
    const answer = await box.ask('/page', {
      method: 'POST',
      headers: {
        ...NAVIGATION,
        'sec-fetch-site': 'cross-site',
        origin: 'https://evil.example',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'amount=1000',
    });
    expect(answer.text).not.toContain('1000');
    expect(answer.status).not.toBe(200);
    expect(box.application.received).toEqual([]);
  });

  it('a public route: the application answers, without an identity', async () => {
    expect((await box.ask('/public/x', { headers: NAVIGATION })).text).toBe('ok');
    expect(box.application.last().header('x-forwarded-user')).toBeUndefined();
  });
});

describe('a session that is none', () => {
  it.each([
    ['rubbish', '__Host-postern=rubbish'],
    ['an empty cookie', '__Host-postern='],
    ['chunks that miss one', '__Host-postern.0=abc; __Host-postern.2=def'],
    ['a monstrous count of chunks', '__Host-postern.99999999=x; __Host-postern.0=y'],
    ['an unencrypted token', `__Host-postern=${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
    [
      'a PBES2 envelope',
      `__Host-postern=${Buffer.from('{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":9999999,"p2s":"AA"}').toString('base64url')}.AA.AA.AA.AA`,
    ],
  ])('%s: as without credentials', async (_kind, cookie) => {
    expect((await box.ask('/page', { headers: { ...NAVIGATION, cookie } })).status).toBe(302);
    expectProblem(await box.ask('/page', { headers: { ...SCRIPTED, cookie } }), 401);
    expect(box.application.received).toEqual([]);
  });

  it('a transaction is not taken for a session', async () => {
    const visitor = box.visitor();
    await visitor.go('/page');
    const [value] = (await visitor.cookies()).values();
    expectProblem(await box.ask('/page', { headers: { ...SCRIPTED, cookie: `__Host-postern=${value}` } }), 401);
  });

  it('the name of plain HTTP is not taken on HTTPS', async () => {
    const value = (await user.cookies()).get('__Host-postern');
    expect(value).toBeTruthy();
    expectProblem(await box.ask('/page', { headers: { ...SCRIPTED, cookie: `postern=${value}` } }), 401);
    expectProblem(await box.ask('/page', { headers: { ...SCRIPTED, cookie: `\u00a0__Host-postern=${value}` } }), 401);
  });
});

describe('hosts and methods that are not served', () => {
  it.each([
    'https://app.example.com.evil.example',
    'https://evil.example',
    'https://app.example.com:8443',
    'https://127.0.0.1',
  ])('421 for %s', async (origin) => {
    for (const headers of [NAVIGATION, SCRIPTED]) {
      const answer = await box.ask(`${origin}/public/x`, { headers });
      expect(answer.status).toBe(421);
      expectOwnHeaders(answer);
    }
    expect((await box.ask(`${origin}/auth/login`, { headers: NAVIGATION })).status).toBe(421);
    expect(box.application.received).toEqual([]);
  });

  it('the case of a host makes no difference', async () => {
    expect((await box.ask('https://APP.EXAMPLE.COM/public/x')).status).toBe(200);
  });

  it('a host that a route lists is served', async () => {
    expect((await box.ask('https://other.example.com/hosted/x', { headers: SCRIPTED })).status).not.toBe(421);
  });

  it.each(['/public/x', '/page', '/auth/login', '/auth/health'])('TRACE %s is 405', async (path) => {
    const answer = await box.ask(path, { method: 'TRACE' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).not.toBe('');
    expect(box.application.received).toEqual([]);
  });

  it.each(['PROPFIND', 'REPORT', 'PATCH', 'PURGE', 'DELETE', 'PUT', 'OPTIONS'])(
    '%s needs a session like the rest',
    async (method) => {
      const answer = await box.ask('/page', { method, headers: SCRIPTED });
      expect([401, 403]).toContain(answer.status);
      expect(box.application.received).toEqual([]);
    },
  );
});
