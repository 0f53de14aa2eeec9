// Design §4: what the upstream receives and never receives, and what never reaches the visitor.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { addressOf, type BlackBox, openBox, type Visitor } from './support/gateway.ts';
import { plainly, type Received } from './support/recorder.ts';

const UPSTREAM_SECRET = '5de81c40b7a9f3266e0d17c5a8b94f20d36e7c1b88a5f094';
const NEXT_SECRET = '93f0b6a2e85d7c141f6ea0d9c3b8275640ad1e9fb27c6385';
const EVIL = 'evil-value';
const IDENTITY = ['user', 'email', 'preferred-username', 'name', 'roles', 'groups', 'org', 'actor'].map(
  (name) => `x-forwarded-${name}`,
);

/** §4: names that a visitor may not send through, as they are written there. */
const CLOSED = [
  ...IDENTITY,
  'x-identity-assertion',
  'x-gateway-secret',
  'x-original-url',
  'x-original-uri',
  'x-original-method',
  'x-rewrite-url',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-uri',
  'x-forwarded-method',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-scheme',
  'x-forwarded-access-token',
  'x-forwarded-id-token',
  'x-forwarded-anything',
  'forwarded',
  'x-real-ip',
  'true-client-ip',
  'x-client-ip',
  'remote-user',
  'x-auth-request-user',
  'x-auth-request-email',
  'x-auth-request-groups',
  'x-auth-request-access-token',
  'proxy',
  'x-request-id',
];
/** Spellings that WSGI, CGI or PHP take for the same name: letters and digits are the same. */
const SPELLINGS: [string, (name: string) => string][] = [
  ['as it is', (name) => name],
  ['in capitals', (name) => name.toUpperCase()],
  ['with underscores', (name) => name.replaceAll('-', '_')],
  ['with dots', (name) => name.replaceAll('-', '.')],
  ['mixed', (name) => name.replace('-', '_').replaceAll('-', '.')],
  ['doubled', (name) => name.replaceAll('-', '--')],
  ['with odd signs', (name) => name.replaceAll('-', '~')],
  ['with more odd signs', (name) => name.replaceAll('-', "'")],
  ['with a sign at the end', (name) => `${name}_`],
  ['with a sign in front', (name) => `_${name}`],
  ['run together', (name) => name.replaceAll('-', '')],
];

const valuesOf = ({ fields }: Received) => fields.map(([, value]) => value).join('\n');

let box: BlackBox;
let user: Visitor;
beforeAll(async () => {
  box = await openBox({
    env: {
      UPSTREAM_SECRET: `${UPSTREAM_SECRET},${NEXT_SECRET}`,
      ROUTES: [
        { path: '/public/*', access: 'public' },
        { path: '/tokens/*', forward_access_token: true, forward_id_token: true },
      ],
    },
  });
  user = box.visitor();
  await user.signIn('user');
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
  box.application.answer = plainly;
});

describe('the default identity headers', () => {
  it.each(['/page', '/public/x'])('for a signed-in user on %s', async (path) => {
    await user.fetch(path);
    const got = box.application.last();
    expect(Object.fromEntries(IDENTITY.map((name) => [name, got.header(name)]))).toEqual({
      'x-forwarded-user': SEED.users.user,
      'x-forwarded-email': 'uma@acme.example',
      'x-forwarded-preferred-username': 'uma@acme.zitadel.example',
      'x-forwarded-name': 'Uma Lind',
      'x-forwarded-roles': 'user',
      'x-forwarded-groups': 'user',
      'x-forwarded-org': SEED.organizationId,
      'x-forwarded-actor': undefined,
    });
  });

  it('an e-mail that is not verified is not sent', async () => {
    const visitor = box.visitor();
    await visitor.signIn('nobody');
    await visitor.fetch('/page', { headers: { 'x-forwarded-email': 'ceo@acme.example' } });
    expect(box.application.last().header('x-forwarded-email')).toBeUndefined();
    expect(box.application.last().header('x-forwarded-roles') ?? '').toBe('');
  });

  it('roles are sorted; what is not printable ASCII comes back by decodeURIComponent', async () => {
    const visitor = box.visitor();
    await visitor.signIn('staff');
    await visitor.fetch('/page');
    expect(box.application.last().header('x-forwarded-roles')).toBe('staff,user');
    const name = box.application.last().header('x-forwarded-name') ?? '';
    expect(name).toMatch(/^[\x20-\x7e]+$/);
    expect(decodeURIComponent(name)).toBe('Zoë Kõiv-Straße 王');
  });

  it('with them: proto, host, client, request id, traceparent, the gateway’s secret', async () => {
    const answer = await user.fetch('/page');
    const got = box.application.last();
    expect(got.header('x-forwarded-proto')).toBe('https');
    expect(got.header('x-forwarded-host')).toBe('app.example.com');
    expect(got.header('x-request-id')).toBe(answer.headers.get('x-request-id'));
    expect(got.header('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    expect(got.header('x-gateway-secret')).toBe(UPSTREAM_SECRET);
  });
});

describe('never reaches the upstream', () => {
  describe.each(SPELLINGS)('%s', (_kind, spell) => {
    it.each(['/page', '/public/x'])('a visitor’s header on %s', async (path) => {
      const headers = Object.fromEntries(CLOSED.map((name) => [spell(name), EVIL]));
      const who = path === '/page' ? user : box.visitor();
      expect((await who.fetch(path, { headers })).status).toBe(200);
      const leaked = box.application.last().fields.filter(([, value]) => value.includes(EVIL));
      expect(leaked).toEqual([]);
    });
  });

  it('the proof of the gateway, when a visitor sends one', async () => {
    await box.ask('/public/x', { headers: { 'x-gateway-secret': NEXT_SECRET, X_Gateway_Secret: NEXT_SECRET } });
    const sent = box.application
      .last()
      .fields.filter(([name]) => name.toLowerCase().replace(/[^a-z]/g, '') === 'xgatewaysecret');
    expect(sent.map(([, value]) => value)).toEqual([UPSTREAM_SECRET]);
  });

  it.each(['/page', '/public/x'])('the gateway’s own cookies on %s; the application’s pass', async (path) => {
    await user.go('/auth/login');
    const names = [...(await user.cookies()).keys()];
    expect(names.length).toBeGreaterThan(1);
    const cookie = ['a=1', '__Host-postern.0=x', 'postern=y', 'sessionid=abc', 'theme="dark; x"'];
    await user.fetch(path, { headers: { cookie } });
    const sent = box.application.last().header('cookie') ?? '';
    expect(sent).not.toMatch(/__Host-postern/i);
    expect(sent).toContain('a=1');
    expect(sent).toContain('sessionid=abc');
  });

  it('hop-by-hop headers', async () => {
    await user.fetch('/page', {
      headers: {
        te: 'trailers',
        'keep-alive': 'timeout=5',
        'proxy-authorization': 'Basic x',
        'proxy-connection': 'keep-alive',
        'x-hop': '1',
        connection: 'x-hop',
      },
    });
    const names = box.application.last().fields.map(([name]) => name.toLowerCase());
    for (const name of ['te', 'proxy-authorization', 'proxy-connection', 'x-hop']) expect(names).not.toContain(name);
    expect(box.application.last().header('keep-alive') ?? '').not.toContain('timeout=5');
  });

  it('a Connection header can’t name an identity header away', async () => {
    const connection = 'X-Forwarded-User, x-forwarded-roles, x-gateway-secret, x-forwarded-for, cookie, host';
    await user.fetch('/page', { headers: { connection } });
    expect(box.application.last().header('x-forwarded-user')).toBe(SEED.users.user);
    expect(box.application.last().header('x-forwarded-roles')).toBe('user');
    expect(box.application.last().header('x-gateway-secret')).toBe(UPSTREAM_SECRET);
  });

  it('a bearer token that the gateway consumed', async () => {
    const token = await box.zitadel.mintAccessToken({ sub: 'user', jwt: true });
    await box.ask('/page', { headers: { authorization: `Bearer ${token}` } });
    expect(valuesOf(box.application.last())).not.toContain(token);
  });

  it('a client address that the visitor claims', async () => {
    await user.fetch('/page', {
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', 'true-client-ip': '203.0.113.9' },
    });
    expect(valuesOf(box.application.last())).not.toContain('203.0.113.9');
  });

  it('tokens of ZITADEL’s, unless the route says so', async () => {
    await user.fetch('/page');
    expect(box.application.last().header('authorization')).toBeUndefined();
    expect(box.application.last().header('x-forwarded-id-token')).toBeUndefined();
    await user.fetch('/tokens/x', { headers: { 'x-forwarded-id-token': EVIL } });
    expect(box.application.last().header('authorization')).toMatch(/^Bearer \S+$/);
    expect(box.application.last().header('x-forwarded-id-token')?.split('.')).toHaveLength(3);
  });
});

describe('passes as it came', () => {
  it.each([
    '/a%20b/%C3%A9?x=%zz&y=a+b&&=',
    '/A/b%2Fc?next=https://x/?y',
    '/x/y?%E4%F6%00',
    "/a;v=1/b,c/d:e@f!$&'()*+=~?q=1?2",
    '/trailing/?',
    '/q?a=\'"<>`{}|^',
  ])('%s byte for byte', async (target) => {
    await user.fetch(target);
    const expected = new URL(target, box.origin);
    expect(box.application.last().target).toBe(expected.pathname + (target.endsWith('?') ? '?' : expected.search));
  });

  it('a body and its type', async () => {
    const body = 'a=1&b=%E4&a=2';
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: box.origin };
    await user.fetch('/page', { method: 'POST', headers, body });
    expect(box.application.last().body).toBe(body);
    expect(box.application.last().header('content-type')).toBe(headers['content-type']);
    expect(box.application.last().header('content-length')).toBe(String(body.length));
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'REPORT', 'OPTIONS', 'HEAD'])('%s', async (method) => {
    await user.fetch('/page', { method });
    expect(box.application.last().method).toBe(method);
  });

  it('Authorization of another scheme on a protected route', async () => {
    await user.fetch('/page', { headers: { authorization: 'Basic dXNlcjpwYXNz' } });
    expect(box.application.last().header('authorization')).toBe('Basic dXNlcjpwYXNz');
  });
});

describe('never reaches the visitor', () => {
  it('a Set-Cookie of the upstream under one of the gateway’s names', async () => {
    const own = [
      '__Host-postern=x; Path=/; Secure',
      '__Host-postern.0=x',
      '__Host-postern-tx-abc=x',
      '__HOST-POSTERN=x',
      ' __Host-postern=x',
      '__Host-postern =x',
    ];
    box.application.answer = (_, response) => {
      response.setHeader('set-cookie', [...own, 'sessionid=1; HttpOnly', 'theme=dark']);
      response.end('ok');
    };
    for (const path of ['/page', '/public/x']) {
      const answer = await user.fetch(path);
      expect(answer.cookies.filter((line) => /postern/i.test(line))).toEqual([]);
      expect(answer.cookies).toEqual(['sessionid=1; HttpOnly', 'theme=dark']);
    }
    expect((await user.fetch('/auth/userinfo')).status).toBe(200);
  });

  it.each(['location', 'content-location'])('a redirect to the private origin (%s)', async (name) => {
    box.application.answer = (_, response) => {
      response.writeHead(302, { [name]: `${box.application.origin}/next?x=1#y` });
      response.end();
    };
    const answer = await user.fetch('/page');
    expect(answer.headers.get(name) ?? '').not.toContain(new URL(box.application.origin).host);
    if (name === 'location') expect(new URL(addressOf(answer), box.origin).href).toBe(`${box.origin}/next?x=1#y`);
  });

  it('a redirect elsewhere stands', async () => {
    box.application.answer = (_, response) => {
      response.writeHead(302, { location: 'https://elsewhere.example/a' });
      response.end();
    };
    expect(addressOf(await user.fetch('/page'))).toBe('https://elsewhere.example/a');
  });

  it.each([
    ['public, max-age=600', '/page'],
    ['s-maxage=600', '/page'],
    ['max-age=600', '/page'],
    ['', '/page'],
    ['public, max-age=600, stale-while-revalidate=9', '/public/x'],
    ['immutable', '/public/x'],
    ['"private"', '/page'],
    ['private="x-a", public', '/page'],
  ])('a response to a signed-in user that a shared cache may keep: "%s" on %s', async (value, path) => {
    box.application.answer = (_, response) => {
      if (value !== '') response.setHeader('cache-control', value);
      for (const name of ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control'])
        response.setHeader(name, 'max-age=600');
      response.setHeader('expires', new Date(Date.now() + 1e6).toUTCString());
      response.end('ok');
    };
    const answer = await user.fetch(path);
    const directives = (answer.headers.get('cache-control') ?? '').split(',').map((part) => part.trim());
    expect(directives.some((part) => part === 'private' || part === 'no-store')).toBe(true);
    expect(directives).not.toContain('public');
    expect(directives.join()).not.toContain('s-maxage');
    for (const name of ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control']) {
      expect(answer.headers.get(name) ?? 'no-store').toMatch(/private|no-store/);
    }
  });

  it('an anonymous answer of a public route stays cacheable', async () => {
    box.application.answer = (_, response) => {
      response.setHeader('cache-control', 'public, max-age=600');
      response.end('ok');
    };
    const answer = await box.visitor().fetch('/public/x');
    expect(answer.headers.get('cache-control')).toContain('max-age=600');
  });

  it('hop-by-hop headers of the upstream', async () => {
    box.application.answer = (_, response) => {
      response.setHeader('proxy-authenticate', 'Basic');
      response.setHeader('x-hop', '1');
      response.setHeader('connection', 'x-hop');
      response.end('ok');
    };
    const answer = await user.fetch('/page');
    expect(answer.headers.get('proxy-authenticate')).toBeNull();
    expect(answer.headers.get('x-hop')).toBeNull();
  });
});

describe('SECURITY_HEADERS', () => {
  it('what the application set stands', async () => {
    box.application.answer = (_, response) => {
      response.setHeader('referrer-policy', 'unsafe-url');
      response.setHeader('strict-transport-security', 'max-age=1');
      response.end('ok');
    };
    const answer = await user.fetch('/page');
    expect(answer.headers.get('referrer-policy')).toBe('unsafe-url');
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=1');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
