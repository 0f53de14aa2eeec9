// What the visitor receives: private addresses made public, cookies, caches, security headers.
// ARCHITECTURE §4 "Never reaches the visitor".

import { CookieJar } from 'tough-cookie';
import { describe, expect, it } from 'vitest';
import { compileResponseHeaders } from '../../src/proxy/response/upstream-response.ts';

const config = { isSecure: true, securityHeaders: {} };
const addresses = {
  target: { origin: 'http://app.internal:8080', basePath: '' },
  origin: 'https://a.example',
  prefix: '',
};

interface Circumstances {
  readonly isPersonal?: boolean;
  readonly status?: number;
  readonly securityHeaders?: Record<string, string | false>;
  readonly basePath?: string;
  readonly prefix?: string;
  readonly target?: string;
}

function received(fields: HeadersInit, circumstances: Circumstances = {}) {
  const {
    isPersonal = true,
    status = 200,
    securityHeaders = {},
    basePath = '',
    prefix = '',
    target = addresses.target.origin,
  } = circumstances;
  const rewrite = compileResponseHeaders({ ...config, securityHeaders });
  const headers = new Headers(fields);
  const map = { ...addresses, prefix, target: { origin: target, basePath } };
  rewrite({ status, headers }, { addresses: map, isPersonal });
  return headers;
}

describe('addresses', () => {
  const location = (value: string, circumstances?: Circumstances) =>
    received({ location: value }, circumstances).get('location');

  it.each([
    ['http://app.internal:8080/x?y#z', 'https://a.example/x?y#z'],
    ['https://APP.internal:8080/x', 'https://a.example/x'],
    ['//app.internal:8080/x', 'https://a.example/x'],
    ['http://app.internal:8080', 'https://a.example/'],
    ['http://app.internal:8080?x', 'https://a.example/?x'],
    ['http://app.internal:8080//x/../%2e', 'https://a.example//x/../%2e'],
    // As browsers read it
    ['http:////app.internal:8080/x', 'https://a.example/x'],
    ['http:app.internal:8080/x', 'https://a.example/x'],
    ['///app.internal:8080/x', 'https://a.example/x'],
    ['/\\\\app.internal:8080/x', 'https://a.example/x'],
  ])('rewrites %s', (from, to) => {
    expect(location(from)).toBe(to);
    expect(received({ 'Content-Location': from }).get('content-location')).toBe(to);
    expect(received({ Refresh: `5; url=${from}` }).get('refresh')).toBe(`5; url=${to}`);
  });

  it.each([
    '/x',
    'x',
    '?x',
    '#x',
    'https://other.example/x',
    'http://app.internal/x',
    'http://app.internal:8081/x',
    'http://app.internal:8080@evil.example/x',
    'http://user@app.internal:8080/x',
    'https://app.internal.evil.example:8080/',
    'https://a.example/x',
    'http:///x',
    'mailto:app.internal:8080',
    'https://other.example/?to=http://app.internal:8080/',
  ])('leaves %s alone', (from) => expect(location(from)).toBe(from));

  it('takes the scheme’s own port for none', () => {
    const target = 'https://app.internal';
    expect(location('https://app.internal:443/x', { target })).toBe('https://a.example/x');
    expect(location('http://app.internal/x', { target })).toBe('https://a.example/x');
    expect(location('//app.internal:443/x', { target })).toBe('https://a.example/x');
  });

  it.each([
    ['http://app.internal:8080/base/x', 'https://a.example/x'],
    ['http://app.internal:8080/base', 'https://a.example/'],
    ['http://app.internal:8080/based', 'https://a.example/based'],
    ['/base/x', '/x'],
    ['/base?x', '/?x'],
    // RFC 9700 §4.11 what is left must not name another host
    ['/base//evil.example/', 'https://a.example//evil.example/'],
    ['/base/\\evil.example/', 'https://a.example/\\evil.example/'],
    ['/other', '/other'],
  ])('maps %s back from a base path', (from, to) => expect(location(from, { basePath: '/base' })).toBe(to));

  it.each([
    ['http://app.internal:8080/x', 'https://a.example/api/x'],
    ['/x', '/api/x'],
    ['/', '/api/'],
    ['/api/x', '/api/x'],
    ['/apix', '/api/apix'],
    ['x', 'x'],
  ])('puts the stripped prefix back before %s', (from, to) => expect(location(from, { prefix: '/api' })).toBe(to));

  it.each(['5', '5; url=/x', '0;https://other.example/', 'nonsense', "0; url='https://other.example/'"])(
    'leaves Refresh: %s alone',
    (refresh) => expect(received({ refresh }).get('refresh')).toBe(refresh),
  );

  it.each([
    ['0;http://app.internal:8080/x', '0;https://a.example/x'],
    ["0; URL='http://app.internal:8080/x'", "0; URL='https://a.example/x'"],
  ])('rewrites Refresh: %s', (from, to) => expect(received({ refresh: from }).get('refresh')).toBe(to));
});

describe('cookies', () => {
  const setCookies = (lines: readonly string[], circumstances?: Circumstances) =>
    received(
      lines.map((line) => ['Set-Cookie', line] as [string, string]),
      circumstances,
    ).getSetCookie();

  it('stay apart, byte for byte', () => {
    const lines = ['a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/', 'b="x y";HttpOnly;  SameSite=Lax', 'c='];
    expect(setCookies(lines)).toEqual(lines);
  });

  it('under one of the gateway’s names never reach the visitor', () => {
    expect(setCookies(['__Host-postern=x; Path=/', '__Host-postern.0=', ' __host-postern-x=1', 'a=1'])).toEqual([
      'a=1',
    ]);
  });

  it.each([
    ['a=1; Domain=app.internal; Path=/', 'a=1; Path=/'],
    ['a=1; domain=.App.Internal', 'a=1'],
    ['a=1; Domain=internal; Secure', 'a=1; Secure'],
    ['a=1; Domain=a.example', 'a=1; Domain=a.example'],
    ['a=1; Domain=example', 'a=1; Domain=example'],
    ['a=1; Domain=', 'a=1; Domain='],
    ['a=Domain=app.internal', 'a=Domain=app.internal'],
  ])('%s', (from, to) => expect(setCookies([from])).toEqual([to]));

  it('follow the address', () => {
    expect(setCookies(['a=1; Path=/base', 'a=1; Path=/base/x; Secure', 'a=1; Path=/'], { basePath: '/base' })).toEqual([
      'a=1; Path=/',
      'a=1; Path=/x; Secure',
      'a=1; Path=/',
    ]);
    expect(setCookies(['a=1; Path=/x', 'a=1; Path=/', 'a=1; Path=/api'], { prefix: '/api' })).toEqual([
      'a=1; Path=/api/x',
      'a=1; Path=/',
      'a=1; Path=/api',
    ]);
  });
});

describe('caches', () => {
  const cached = (fields: Record<string, string>, circumstances?: Circumstances) =>
    received(fields, circumstances).get('cache-control');

  it.each([
    ['public, max-age=60', 'private, max-age=60'],
    ['max-age=60', 'private, max-age=60'],
    ['s-maxage=60, Public', 'private'],
    ['no-cache', 'private, no-cache'],
    ['private, s-maxage=9', 'private'],
    ['private="set-cookie, x", max-age=1', 'private, max-age=1'],
    ['private, max-age=60', 'private, max-age=60'],
    ['PRIVATE', 'PRIVATE'],
    ['no-store', 'no-store'],
    ['public, No-Store', 'public, No-Store'],
    ['immutable, max-age="6,public"', 'private, immutable, max-age="6,public"'],
  ])('a known user’s %s', (from, to) => expect(cached({ 'Cache-Control': from })).toBe(to));

  it('a known user’s response without a word on caching is private too', () => {
    const headers = received({ ETag: '"1"', 'Last-Modified': 'x', Expires: 'Thu, 01 Dec 2199 16:00:00 GMT' });
    expect(headers.get('cache-control')).toBe('private');
    expect([headers.get('etag'), headers.get('vary')]).toEqual(['"1"', 'Cookie']);
  });

  it.each(['CDN-Cache-Control', 'Cloudflare-CDN-Cache-Control', 'Surrogate-Control', 'X-Accel-Expires'])(
    '%s goes',
    (name) => expect(received({ [name]: 'max-age=60' }).has(name)).toBe(false),
  );

  it.each([
    ['Accept', 'Accept, Cookie'],
    ['Accept, cookie', 'Accept, cookie'],
    ['*', '*'],
  ])('Vary: %s', (from, to) => expect(received({ vary: from }).get('vary')).toBe(to));

  it('what was made for nobody stays cacheable', () => {
    const fields = { 'Cache-Control': 'public, s-maxage=60', 'CDN-Cache-Control': 'max-age=60' };
    const headers = received(fields, { isPersonal: false });
    expect([headers.get('cache-control'), headers.get('cdn-cache-control'), headers.has('vary')]).toEqual([
      'public, s-maxage=60',
      'max-age=60',
      false,
    ]);
  });
});

describe('security headers', () => {
  const names = ['x-content-type-options', 'referrer-policy', 'x-frame-options', 'strict-transport-security'];
  const shown = (headers: Headers) => names.map((name) => headers.get(name));

  it('come where the application has none', () => {
    expect(shown(received({}))).toEqual([
      'nosniff',
      'strict-origin-when-cross-origin',
      'SAMEORIGIN',
      'max-age=31536000',
    ]);
  });

  it.each([302, 401, 404, 500, 503])('come on a %s too', (status) => {
    expect(shown(received({}, { status }))).toEqual(shown(received({})));
  });

  it('stand as the application set them', () => {
    const own = {
      'Referrer-Policy': 'unsafe-url',
      'X-Frame-Options': 'DENY',
      'Strict-Transport-Security': 'max-age=0',
      'X-Content-Type-Options': 'x',
    };
    expect(shown(received(own))).toEqual(['x', 'unsafe-url', 'DENY', 'max-age=0']);
  });

  it.each([
    'frame-ancestors *',
    "default-src 'self'; Frame-Ancestors 'none'",
    'default-src *, frame-ancestors a.example',
  ])('X-Frame-Options gives way to %s', (policy) =>
    expect(received({ 'Content-Security-Policy': policy }).has('x-frame-options')).toBe(false),
  );

  it('SECURITY_HEADERS changes, leaves out and adds, in any spelling', () => {
    const headers = received(
      { 'Permissions-Policy': 'own' },
      {
        securityHeaders: {
          'x-frame-options': false,
          'REFERRER-POLICY': 'no-referrer',
          'X-More': '1',
          'Permissions-Policy': 'x',
        },
      },
    );
    expect(shown(headers)).toEqual(['nosniff', 'no-referrer', null, 'max-age=31536000']);
    expect([headers.get('x-more'), headers.get('permissions-policy')]).toEqual(['1', 'own']);
  });

  it('no HSTS without TLS, none of them on a 304', () => {
    const plain = compileResponseHeaders({ isSecure: false, securityHeaders: {} });
    const headers = new Headers();
    plain({ status: 200, headers }, { addresses, isPersonal: true });
    expect(headers.has('strict-transport-security')).toBe(false);
    expect(shown(received({}, { status: 304 }))).toEqual([null, null, null, null]);
  });
});

describe('connection', () => {
  it('hop-by-hop fields and what they name go, what protects the visitor stays', () => {
    const headers = received({
      Connection: 'X-Hop, Content-Security-Policy, Set-Cookie',
      'X-Hop': '1',
      'Content-Security-Policy': 'x',
      'Keep-Alive': '5',
      Trailer: 'x',
      'Alt-Svc': 'h3=":443"',
      Upgrade: 'h2',
    });
    const kept = [...headers.keys()].filter((name) => !/^(x-|referrer|strict|vary|cache)/.test(name));
    expect(kept).toEqual(['content-security-policy']);
    expect(headers.has('x-hop')).toBe(false);
  });

  it('RFC 9110 §7.6.1 Connection does not take the address of a redirect with it', () => {
    const location = 'http://app.internal:8080/x';
    expect(received({ Connection: 'Location', location }).get('location')).toBe('https://a.example/x');
  });

  it('what was for the upstream alone is not shown back', () => {
    const secret = { 'X-Gateway-Secret': 's', 'X-Identity-Assertion': 'j', 'X-Gateway-Hop': 'h' };
    expect(Object.keys(secret).some((name) => received(secret).has(name))).toBe(false);
  });
});

describe('Clear-Site-Data', () => {
  const clear = async (value: string, path = '/app/account/logout', more: [string, string][] = []) => {
    const jar = new CookieJar();
    const url = `https://www.shop.example${path}`;
    const lines = [
      'sid=1; Path=/',
      'basket=1; Path=/app',
      'draft=1; Path=/app/account/',
      'wide=1; Domain=shop.example; Path=/',
      'wider=1; Domain=www.shop.example; Path=/app/',
      '__Host-csrf=1; Path=/; Secure',
      '__Secure-id=1; Path=/; Secure; Domain=shop.example',
      '__Host-postern=OURS; Path=/; Secure; HttpOnly',
      '__Host-postern-tx-0a=OURS; Path=/; Secure; HttpOnly',
    ];
    for (const line of lines) await jar.setCookie(line, url);
    const cookie = await jar.getCookieString(url);
    const headers = new Headers([['Clear-Site-Data', value], ...more]);
    const rewrite = compileResponseHeaders(config);
    rewrite({ status: 200, headers }, { addresses, isPersonal: true, sent: { url, headers: new Headers({ cookie }) } });
    for (const line of headers.getSetCookie()) await jar.setCookie(line, url);
    return { headers, left: (await jar.getCookieString(url)).split('; ').filter(Boolean).sort() };
  };
  const OURS = ['__Host-postern-tx-0a=OURS', '__Host-postern=OURS'];

  it.each<[string, string | null]>([
    ['"cookies"', null],
    ['"cache", "cookies", "storage"', '"cache", "storage"'],
    ['"cookies","executionContexts"', '"executionContexts"'],
    ['"*"', '"cache", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "storage"'],
    ['"cache", "*"', '"cache", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "storage"'],
  ])('%s takes every cookie of the application’s and none of the gateway’s', async (value, goesOn) => {
    const { headers, left } = await clear(value);
    expect(left).toEqual(OURS);
    expect(headers.get('clear-site-data')).toBe(goesOn);
    expect(headers.getSetCookie().join()).not.toMatch(/postern/i);
  });

  it.each(['"cache"', '"storage", "clientHints"', '"storage:inbox"'])('%s goes on as it is', async (value) => {
    const { headers, left } = await clear(value);
    expect([headers.get('clear-site-data'), headers.getSetCookie()]).toEqual([value, []]);
    expect(left).toHaveLength(9);
  });

  it.each(['cookies', '*', '"cookie"', '"Cookies"', '"all"', ''])(
    '%s, which nobody knows, does not go on',
    async (value) => {
      expect((await clear(value)).headers.get('clear-site-data')).toBeNull();
    },
  );

  it('what the same answer sets stays', async () => {
    const { left } = await clear('"cookies"', '/app/x', [
      ['Set-Cookie', 'sid=2; Path=/'],
      ['Set-Cookie', '__Host-postern=FORGED; Path=/; Secure'],
    ]);
    expect(left).toEqual([...OURS, 'sid=2']);
  });

  it('makes at most a hundred lines, and none that a path or a name could break', async () => {
    const rewrite = compileResponseHeaders(config);
    const cookie = Array.from({ length: 300 }, (_, index) => `c${index}=1`).join('; ');
    for (const [path, sent] of [
      ['/a;Domain=evil.example/b', 'a=1; b"ad=2; \u00e9=3; =4; 5'],
      [`/${'x/'.repeat(500)}`, cookie],
    ] as const) {
      const headers = new Headers({ 'Clear-Site-Data': '"cookies"' });
      const request = { url: `https://www.shop.example${path}`, headers: new Headers({ cookie: sent }) };
      rewrite({ status: 200, headers }, { addresses, isPersonal: true, sent: request });
      const lines = headers.getSetCookie();
      expect(lines.length).toBeLessThanOrEqual(100);
      for (const line of lines) {
        expect(line).toMatch(
          /^[^=;\s]+=; Max-Age=0; Path=\/[^;]*(; Domain=(www\.)?shop\.example)?; HttpOnly(; Secure)?$/,
        );
      }
    }
  });
});

describe('identity headers that an upstream sends back', () => {
  const rewrite = compileResponseHeaders({ ...config, identityHeaders: { 'Remote-User': 'sub', 'X-Department': 'x' } });
  const echoed = [
    ...['X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Preferred-Username', 'X-Forwarded-Name'],
    ...['X-Forwarded-Roles', 'X-Forwarded-Groups', 'X-Forwarded-Org', 'X-Forwarded-Actor', 'X-Forwarded-Id-Token'],
    ...['X-Identity-Assertion', 'X-Gateway-Secret', 'X-Gateway-Hop', 'Remote-User', 'X-Department'],
    ...['x_forwarded_user', 'X_FORWARDED-Email', 'remote_user', 'X.Department', 'XIdentity-Assertion'],
  ];

  it.each(echoed)('%s does not reach the visitor', (name) => {
    for (const isPersonal of [true, false]) {
      const headers = new Headers({ [name]: 'admin', 'X-Powered-By': 'PHP', ETag: '"1"' });
      rewrite({ status: 200, headers }, { addresses, isPersonal });
      expect([...headers.values()]).not.toContain('admin');
      expect([headers.get('x-powered-by'), headers.get('etag')]).toEqual(['PHP', '"1"']);
    }
  });
});
