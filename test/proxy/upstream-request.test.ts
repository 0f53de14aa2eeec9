// What the upstream receives: address, header fields, cookies.
// ARCHITECTURE §4 "Never reaches the upstream"; RFC 9110 §7.6.1; CVE-2024-45410, CVE-2026-29054 (Connection).

import { describe, expect, it } from 'vitest';
import type { Destination } from '../../src/config/schema.ts';
import { compileReservedNames } from '../../src/identity/reserved-names.ts';
import { compileUpstreamRequest, type UpstreamExtras } from '../../src/proxy/upstream-request.ts';

const app = { origin: 'http://app.internal:8080', basePath: '' };
const config = { upstream: app, isSecure: true, upstreamSecrets: ['first', 'second'], namedSecrets: {} };
const build = compileUpstreamRequest(config, compileReservedNames({}));
const extras: UpstreamExtras = {
  requestId: 'r-1',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  identityHeaders: [['X-Forwarded-User', '1']],
  consumesAuthorization: false,
};

function sent(headers: Record<string, string> = {}, change: Partial<UpstreamExtras> = {}) {
  const request = { url: 'https://a.example/x', headers: new Headers(headers) };
  return Object.fromEntries(build(request, {}, { ...extras, ...change }).headers);
}

function addressOf(path: string, destination: Destination = {}) {
  return build({ url: `https://a.example${path}`, headers: new Headers() }, destination, extras).url;
}

describe('address', () => {
  it.each(['/', '/a%2Fb//c;d=1/%C3%A9?x=%20+&y==&z', '/?', '//evil.example/x', '/a%zz?%', "/it's?a=/../b"])(
    'passes %s byte for byte',
    (path) => expect(addressOf(path)).toBe(`http://app.internal:8080${path}`),
  );

  it('joins a base path', () => {
    const upstream = { origin: 'https://b.internal', basePath: '/base' };
    expect(addressOf('/', { upstream })).toBe('https://b.internal/base/');
    expect(addressOf('//x?y', { upstream })).toBe('https://b.internal/base//x?y');
  });

  it.each([
    ['/api/x?y=/api', '/api', '/x?y=/api'],
    ['/api', '/api', '/'],
    ['/api/', '/api', '/'],
    ['/api?x', '/api', '/?x'],
    ['/api//x', '/api', '//x'],
    ['/%61pi/%61', '/api', '/%61'],
    ['/k%C3%A4se/a%20b/x', '/käse/a b', '/x'],
    ['/t-1/x/y', '/t-*/x', '/y'],
    ['/a-b-c/y', '/a*b*c', '/y'],
  ])('strips %s of %s', (path, strip_prefix, rest) =>
    expect(addressOf(path, { strip_prefix })).toBe(`http://app.internal:8080${rest}`),
  );

  it.each(['//api/x', '/API/x', '/api;v=1/x', '/api%2Fx', '/apix', '/x/api', '/%zz/x'])(
    'refuses to guess what to strip from %s',
    (path) =>
      expect(() => addressOf(path, { strip_prefix: '/api' })).toThrow(expect.objectContaining({ code: 'bad_request' })),
  );

  it('a folded wildcard needs its ends apart', () => {
    expect(() => addressOf('/aba/x', { strip_prefix: '/ab*ba' })).toThrow();
    expect(() => addressOf('/abc/x', { strip_prefix: '/ab*c*c' })).toThrow();
  });
});

describe('header fields', () => {
  it('says who, from where and through what', () => {
    expect(
      sent(
        { 'CF-Connecting-IP': '2001:db8::1', Accept: '*/*' },
        { assertion: 'j.w.t', accessToken: 'at', idToken: 'it' },
      ),
    ).toEqual({
      accept: '*/*',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'a.example',
      'x-forwarded-for': '2001:db8::1',
      'x-request-id': 'r-1',
      traceparent: extras.traceparent,
      'x-forwarded-user': '1',
      'x-identity-assertion': 'j.w.t',
      authorization: 'Bearer at',
      'x-forwarded-id-token': 'it',
      'x-gateway-secret': 'first',
    });
  });

  it('believes no address but the edge’s', () => {
    const claimed = {
      'X-Forwarded-For': '1.1.1.1',
      'X-Real-IP': '1.1.1.1',
      Forwarded: 'for=1.1.1.1',
      'CF-Connecting-IP': '1.1.1.1, 2',
    };
    expect(JSON.stringify(sent(claimed))).not.toContain('1.1.1.1');
  });

  it('drops hop-by-hop fields and what the runtime writes itself', () => {
    const hop = {
      Connection: 'close',
      'Keep-Alive': '5',
      TE: 'trailers',
      Trailer: 'x',
      'Transfer-Encoding': 'chunked',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'x',
      'Proxy-Authorization': 'x',
      'Proxy-Connection': 'x',
      Expect: '100-continue',
    };
    expect(sent(hop)).toEqual(sent());
  });

  it('a reserved field without a value is dropped like any other', () => {
    expect(sent({ 'X-Forwarded-Email': '', 'Remote-User': '', 'X-Real-IP': '', TE: '' })).toEqual(sent());
  });

  it.each([
    'X-Forwarded-User, Cookie',
    'x-forwarded-user,cookie',
    'close, X-Gateway-Secret, x-request-id, origin, cookie',
  ])('Connection: %s names nothing away that counts', (Connection) => {
    const plain = { Cookie: 'a=1', Origin: 'https://evil.example' };
    expect(sent({ ...plain, Connection })).toEqual(sent(plain));
  });

  it('RFC 9110 §7.6.1 drops what Connection names else', () => {
    expect(sent({ Connection: 'keep-alive, X-Hop', 'X-Hop': '1', 'X-End': '2' })).toEqual({ ...sent(), 'x-end': '2' });
  });

  it.each([
    'Content_Length',
    'Content.Type',
    'Transfer_Encoding',
    'Co_okie',
    'Author-ization',
    'HTTP_HOST',
    'Sec_Fetch_Site',
    'CF_IPCountry',
  ])('drops %s, which CGI takes for another', (name) => expect(sent({ [name]: '5' })).toEqual(sent()));

  it('of the edge’s fields keeps the country and the ray', () => {
    const edge = {
      'CF-Ray': '1',
      'CF-IPCountry': 'CH',
      'CF-Visitor': '{}',
      'CF-Worker': 'x',
      'CDN-Loop': 'cloudflare',
      'Cf-Access-Jwt-Assertion': 'x',
    };
    expect(sent(edge)).toEqual({ ...sent(), 'cf-ray': '1', 'cf-ipcountry': 'CH' });
  });

  it('keeps an Authorization that is the application’s, and drops one that is the gateway’s', () => {
    expect(sent({ Authorization: 'Basic x' }).authorization).toBe('Basic x');
    expect(sent({ Authorization: 'Bearer x' }, { consumesAuthorization: true }).authorization).toBeUndefined();
  });

  it('keeps tracestate only under its own trace', () => {
    const tracestate = 'a=1';
    expect(sent({ tracestate, traceparent: `00-${'a'.repeat(32)}-${'1'.repeat(16)}-00` }).tracestate).toBe('a=1');
    expect(sent({ tracestate, traceparent: 'nonsense' }).tracestate).toBeUndefined();
    expect(sent({ tracestate }).tracestate).toBeUndefined();
  });

  it('goes on when a visitor invents many names', () => {
    const names = Array.from({ length: 1200 }, (_, index) => [`x-${index}`, '1']);
    expect(Object.keys(sent(Object.fromEntries(names)))).toHaveLength(1200 + Object.keys(sent()).length);
  });
});

describe('cookies', () => {
  it.each([
    ['a=1; __Host-postern=x; b=2', 'a=1; b=2'],
    ['__Host-postern=x; a=1', 'a=1'],
    ['a=1; __Host-postern.0=x; __Host-postern.1=y', 'a=1'],
    ['__Host-postern=x', undefined],
    ['__Host-postern-login.abc=x;a="q r";  b=;c', 'a="q r";  b=;c'],
    ['a=1, __Host-postern=x', 'a=1'],
    ['__Host-postern=x, a=1; b=2', 'a=1; b=2'],
    ['a=1;\u00a0__Host-postern=x', 'a=1'],
    ['a=1; ="__Host-postern=x"', 'a=1'],
    ['a=1; __HOST-Postern=x', 'a=1'],
    ['a=1; __Host-postern', 'a=1'],
    ['a=__Host-postern; my__Host-postern=1', 'a=__Host-postern; my__Host-postern=1'],
    ['postern=theirs', 'postern=theirs'],
  ])('%s', (cookie, kept) => expect(sent({ cookie }).cookie).toBe(kept));

  const sealed = `eyJhbGciOiJkaXIi..${'Ab3_-'.repeat(20)}`;
  const browsers: Record<string, string>[] = [{ 'sec-fetch-site': 'none' }, { 'user-agent': 'Mozilla/5.0 (X11)' }];
  it.each<[cookie: string, ofBrowser: string | undefined, ofAnother: string | undefined]>([
    ['a=1, b=2', 'a=1, b=2', 'a=1; b=2'],
    ['a=1; b=2, c=3, d=4; e=5', 'a=1; b=2, c=3, d=4; e=5', 'a=1; b=2; c=3; d=4; e=5'],
    ['theme=dark,sid=x', 'theme=dark,sid=x', 'theme=dark,sid=x'],
    ['theme=dark, blue', 'theme=dark, blue', 'theme=dark, blue'],
    ['theme=dark, __Host-sid=x', 'theme=dark, __Host-sid=x', 'theme=dark; __Host-sid=x'],
    ['theme=dark,__Host-postern=x; a=1', 'theme=dark,__Host-postern=x; a=1', 'theme=dark; a=1'],
    [`theme=dark,__Host-postern=${sealed}; a=1`, 'theme=dark; a=1', 'theme=dark; a=1'],
    [`theme=dark, "__host-postern.0=2~${sealed}", b; a=1`, 'theme=dark, b; a=1', 'theme=dark, b; a=1'],
    [`__Host-postern=${sealed}, a=1; b=2`, 'b=2', 'a=1; b=2'],
    [`__Host-postern=${sealed}, flag`, undefined, 'flag'],
  ])('a comma is a byte of a browser’s cookie, and may join another client’s lines: %s', (cookie, one, other) => {
    for (const browser of browsers) expect(sent({ cookie, ...browser }).cookie).toBe(one);
    expect(sent({ cookie }).cookie).toBe(other);
  });

  it('without TLS they are called postern', () => {
    const buildPlain = compileUpstreamRequest({ ...config, isSecure: false }, compileReservedNames({}));
    const request = { url: 'http://localhost:8787/', headers: new Headers({ cookie: 'postern.0=x; a=1' }) };
    expect(buildPlain(request, {}, extras).headers.get('cookie')).toBe('a=1');
  });
});
