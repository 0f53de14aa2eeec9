// What the upstream receives: address and header fields.
// ARCHITECTURE §4 "Never reaches the upstream"; RFC 9110 §7.6.1; CVE-2024-45410, CVE-2026-29054 (Connection).

import { describe, expect, it } from 'vitest';
import { addressOf, extras, sent } from './upstream-request-bed.ts';

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
      'x-forwarded-port': '443',
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
