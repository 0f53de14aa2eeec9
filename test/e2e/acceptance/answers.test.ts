// Design §3: who gets what answer, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectNoInlineScript, expectOwnHeaders, expectPage, expectProblem } from './support/expectations.ts';
import { addressOf, type BlackBox, NAVIGATION, openBox, SCRIPTED, type Visitor } from './support/gateway.ts';
import { plainly } from './support/recorder.ts';

const SPA = 'https://spa.example.com';
const SOCKET = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
const ROUTES = [
  { path: '/public/*', access: 'public' },
  { path: '/admin/*', roles: ['admin'] },
  { path: '/closed/*', access: 'deny' },
  { path: '/mfa/*', amr: ['mfa'] },
  { path: '/web/*', credentials: ['session'] },
  { path: '/api/*', credentials: ['bearer'], cors: [SPA] },
  { path: '/redirect/*', unauthenticated: 'redirect' },
  { path: '/plain/*', unauthenticated: '401' },
  { path: '/hosted/*', hosts: ['other.example.com'] },
  { path: '/down/*', upstream: 'http://127.0.0.1:9' },
  { path: '/slow/*', timeout: 1 },
];

let box: BlackBox;
let admin: Visitor;
let user: Visitor;

beforeAll(async () => {
  box = await openBox({ env: { ROUTES } });
  admin = box.visitor();
  await admin.signIn('admin');
  user = box.visitor();
  await user.signIn('user');
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
  box.application.answer = plainly;
});

const mint = (sub = 'user', more = {}) => box.zitadel.mintAccessToken({ sub, jwt: true, ...more });
const bearer = (token: string, kind: Record<string, string> = SCRIPTED) => ({
  headers: { ...kind, authorization: `Bearer ${token}` },
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

  it('public: the application, without an identity', async () => {
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

describe('bearer tokens', () => {
  it('a good JWT passes with its identity, and does not reach the application', async () => {
    const answer = await box.ask('/api/x', bearer(await mint()));
    expect(answer.text).toBe('ok');
    expect(box.application.last().header('x-forwarded-user')).toBe('249703111111111113');
    expect(box.application.last().header('authorization')).toBeUndefined();
  });

  it.each(['bearer', 'BEARER', 'bEaReR'])('the scheme %s is the same', async (scheme) => {
    const answer = await box.ask('/api/x', { headers: { authorization: `${scheme} ${await mint()}` } });
    expect(answer.status).toBe(200);
    expect(box.application.last().header('authorization')).toBeUndefined();
  });

  const bad: [string, () => Promise<string> | string][] = [
    ['rubbish', () => 'rubbish'],
    ['three empty parts', () => '..'],
    ['masses of dots', () => '.'.repeat(5000)],
    ['characters that no token has', () => '<b>x</b>!'],
    ['a monster', () => 'a'.repeat(20_000)],
    ['a foreign audience', () => mint('user', { aud: ['999'] })],
    ['a foreign issuer', () => mint('user', { issuer: 'https://evil.example' })],
    ['an expired one', () => mint('user', { lifetime: -120 })],
    ['alg none', async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await mint()).split('.')[1]}.`],
    ['a broken signature', async () => `${(await mint()).slice(0, -8)}AAAAAAAA`],
    ['exp as a string', () => mint('user', { claims: { exp: '9999999999' } })],
    ['no exp', () => mint('user', { claims: { exp: undefined } })],
    ['nbf in the future', () => mint('user', { claims: { nbf: 9_999_999_999 } })],
    ['no sub', () => mint('user', { claims: { sub: undefined } })],
    ['an opaque one where nobody introspects', () => box.zitadel.mintAccessToken({ sub: 'user' })],
  ];
  it.each(bad)('%s: 401 error="invalid_token", navigation or not', async (_kind, make) => {
    const token = await make();
    for (const kind of [SCRIPTED, NAVIGATION]) {
      const answer = await box.ask('/api/x', bearer(token, kind));
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b.*error="invalid_token"/);
      expect(answer.text).not.toContain(token);
    }
    expect(box.application.received).toEqual([]);
  });

  it('a token that is present is judged, never skipped in favour of a cookie', async () => {
    const answer = await user.fetch('/page', { headers: { authorization: 'Bearer rubbish' } });
    expectProblem(answer, 401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('an ID token is not taken for an access token', async () => {
    let idToken = '';
    box.zitadel.tamper.tokenResponse = (json) => {
      idToken = json.id_token;
      return json;
    };
    await box.visitor().signIn('user');
    box.zitadel.tamper.tokenResponse = undefined;
    expect(idToken).not.toBe('');
    expect((await box.ask('/api/x', bearer(idToken))).status).toBe(401);
  });

  it('a token without the role: 403 error="insufficient_scope"', async () => {
    const answer = await box.ask('/admin/x', bearer(await mint('user')));
    expectProblem(answer, 403);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b.*error="insufficient_scope"/);
  });

  it('a token with the role passes', async () => {
    expect((await box.ask('/admin/x', bearer(await mint('admin')))).status).toBe(200);
  });

  it('on a route of bearer tokens only, a session is none', async () => {
    expectProblem(await user.fetch('/api/x'), 401);
  });

  it.each(['/public/x', '/web/x'])('on %s the Authorization header is the application’s own business', async (path) => {
    for (const authorization of ['Bearer rubbish', `Bearer ${await mint()}`, 'Basic dTpw', 'Digest x="y"']) {
      const answer =
        path === '/public/x'
          ? await box.ask(path, { headers: { authorization } })
          : await user.fetch(path, { headers: { authorization } });
      expect(answer.status).toBe(200);
      expect(box.application.last().header('authorization')).toBe(authorization);
      if (path === '/public/x') expect(box.application.last().header('x-forwarded-user')).toBeUndefined();
    }
  });

  it('on a route without bearer tokens a token gives no identity', async () => {
    expectProblem(await box.ask('/web/x', bearer(await mint('admin'))), 401);
  });
});

describe('signed in, not allowed', () => {
  it('a navigation: 403 page that says who, and how to switch', async () => {
    const answer = await user.go('/admin/x');
    expectPage(answer, 403);
    expectNoInlineScript(answer);
    expect(answer.text).toMatch(/uma@acme\.|Uma Lind/);
    expect(answer.text).toContain('/auth/');
    expect(answer.text).toMatch(/select_account|logout/);
  });

  it('a fetch: 403 problem JSON without a login_url', async () => {
    expectProblem(await user.fetch('/admin/x'), 403);
  });

  it('the one with the role passes', async () => {
    expect((await admin.fetch('/admin/x')).text).toBe('ok');
  });

  it.each(['anonymous', 'signed in'])('deny: 403 for somebody %s', async (who) => {
    const visitor = who === 'anonymous' ? box.visitor() : admin;
    expect((await visitor.go('/closed/x')).status).toBe(403);
    expectProblem(await visitor.fetch('/closed/x'), 403);
    expect(
      (await visitor.fetch('/closed/x', { headers: { authorization: `Bearer ${await mint('admin')}` } })).status,
    ).toBe(403);
    expect(box.application.received).toEqual([]);
  });
});

describe('step-up', () => {
  it('a navigation is led to ZITADEL once, then 403 when it is still not met', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const first = await visitor.go('/mfa/x');
    expect(first.status).toBe(302);
    expect(addressOf(first)).toContain(box.zitadel.issuer);
    const callback = await box.zitadel.signIn({ authorizeUrl: addressOf(first), user: 'user' });
    const back = await visitor.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
    const end = back.status === 302 ? await visitor.go(addressOf(back)) : back;
    expect(end.status).toBe(403);
    expect(box.application.received.filter(({ target }) => target.startsWith('/mfa'))).toEqual([]);
  });

  it('passes once it is met', async () => {
    const visitor = box.visitor();
    await visitor.signIn('user');
    const back = await visitor.signIn('user', { path: '/mfa/x', mfa: true });
    expect((await visitor.go(addressOf(back))).text).toBe('ok');
    expect((await visitor.fetch('/mfa/y')).text).toBe('ok');
  });

  it('a fetch: 401 error="insufficient_user_authentication"', async () => {
    const answer = await user.fetch('/mfa/x');
    expectProblem(answer, 401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b.*error="insufficient_user_authentication"/);
  });
});

describe('the upstream', () => {
  it('unreachable: 502 page and 502 problem JSON', async () => {
    expectPage(await user.go('/down/x'), 502);
    expectProblem(await user.fetch('/down/x'), 502);
  });

  it('too slow: 504 page and 504 problem JSON', async () => {
    box.application.answer = () => {};
    expectPage(await user.go('/slow/x'), 504);
    expectProblem(await user.fetch('/slow/x'), 504);
  });
});

describe('a login that goes wrong', () => {
  it('cancelled: 403 page, no session', async () => {
    const visitor = box.visitor();
    const answer = await visitor.signIn('user', { cancel: true });
    expectPage(answer, 403);
    expect([...(await visitor.cookies()).keys()].filter((name) => name === '__Host-postern')).toEqual([]);
  });

  it('another error: 400 page that shows nothing of what was sent', async () => {
    const visitor = box.visitor();
    const state = new URL(addressOf(await visitor.go('/page'))).searchParams.get('state') ?? '';
    const query = new URLSearchParams({
      state,
      error: '<b>invalid_scope',
      error_description: '<img src=x onerror=1>reason',
    });
    const answer = await visitor.go(`/auth/callback?${query}`);
    expectPage(answer, 400);
    expectNoInlineScript(answer);
    expect(answer.text).not.toContain('reason');
    expect(answer.text).not.toContain('<b>');
  });

  it('ZITADEL unreachable for the token: 503 page with Retry-After', async () => {
    box.zitadel.faults.set('token', { status: 503 });
    const answer = await box.visitor().signIn('user');
    box.zitadel.faults.clear();
    expectPage(answer, 503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

describe('the host and the method', () => {
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

  it('case in a host is none', async () => {
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

describe('WebSocket upgrades', () => {
  const open = (headers: Record<string, string>) => user.ask('/socket', { headers: { ...SOCKET, ...headers } });

  it.each([
    ['without an Origin', {}],
    ['from a foreign Origin', { origin: 'https://evil.example' }],
    ['from null', { origin: 'null' }],
    ['from a look-alike', { origin: 'https://app.example.com.evil.example' }],
    ['from the plain-HTTP origin', { origin: 'http://app.example.com' }],
    ['from another port', { origin: 'https://app.example.com:444' }],
  ])('%s: 403', async (_kind, headers) => {
    expect((await open(headers as Record<string, string>)).status).toBe(403);
    expect(box.application.received).toEqual([]);
  });

  it('from our own origin it reaches the application', async () => {
    await open({ origin: 'https://app.example.com' });
    expect(box.application.last().target).toBe('/socket');
    expect(box.application.last().header('x-forwarded-user')).toBe('249703111111111113');
  });
});

describe('CORS', () => {
  const preflight = (origin: string, path = '/api/x') =>
    box.ask(path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });

  it('a preflight of a listed origin passes without credentials', async () => {
    const answer = await preflight(SPA);
    expect([200, 204]).toContain(answer.status);
  });

  it.each([
    'https://evil.example',
    'https://spa.example.com.evil.example',
    'https://evilspa.example.com',
    'http://spa.example.com',
    'null',
  ])('a preflight of %s does not', async (origin) => {
    const answer = await preflight(origin);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(box.application.received).toEqual([]);
  });

  it('nor one to a route without cors', async () => {
    const answer = await preflight(SPA, '/page');
    expect(answer.status).toBe(401);
    expect(box.application.received).toEqual([]);
  });

  it('a listed origin may read a 401', async () => {
    const answer = await box.ask('/api/x', { headers: { ...SCRIPTED, 'sec-fetch-site': 'cross-site', origin: SPA } });
    expectProblem(answer, 401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(SPA);
    expect(answer.headers.get('vary')).toMatch(/origin/i);
  });

  it('another origin may not', async () => {
    const answer = await box.ask('/api/x', { headers: { ...SCRIPTED, origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
