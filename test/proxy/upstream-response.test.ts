// What the visitor receives: private addresses made public, nothing of the connection, nothing that was for the upstream alone.
// ARCHITECTURE §4 "Never reaches the visitor".

import { describe, expect, it } from 'vitest';
import { compileResponseHeaders } from '../../src/proxy/response/upstream-response.ts';
import { addresses, type Circumstances, config, received } from './upstream-response-bed.ts';

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
