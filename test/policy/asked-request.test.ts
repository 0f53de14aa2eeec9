// The request that another proxy asks about: whole, and without contradiction, or nothing.
// ARCHITECTURE §2 GET /auth/check; docs/forward-auth.md.

import { describe, expect, it } from 'vitest';
import { parseAskedRequest } from '../../src/policy/asked-request.ts';

const OWN = new URL('https://app.example.com/auth/check');

function asked(said: Record<string, string>) {
  return parseAskedRequest(new Headers(said), OWN);
}

/** By nginx' names. */
function original(method: string, uri: string, more: Record<string, string> = {}) {
  return asked({ 'x-original-method': method, 'x-original-uri': uri, ...more });
}

describe('ARCHITECTURE §2: what a proxy says of a request', () => {
  const expected = { method: 'GET', url: 'https://app.example.com/a/b?c=/d', path: '/a/b' };

  it.each([
    ['nginx and Envoy', { 'x-original-method': 'GET', 'x-original-uri': '/a/b?c=/d' }],
    ['Traefik and Caddy', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/a/b?c=/d' }],
    ['an absolute URL', { 'x-original-method': 'GET', 'x-original-uri': 'https://app.example.com/a/b?c=/d' }],
    ['in capitals', { 'x-original-method': 'GET', 'x-original-uri': 'HTTPS://APP.EXAMPLE.COM/a/b?c=/d' }],
    [
      'without TLS behind the proxy',
      { 'x-original-method': 'GET', 'x-original-uri': 'http://app.example.com/a/b?c=/d' },
    ],
  ])('%s', (_who, said) => {
    expect(asked(said)).toEqual(expected);
  });

  it('the path is as sent, however URL parsers would tidy it up', () => {
    expect(original('GET', '/x/../a/./%61')).toMatchObject({ path: '/x/../a/./%61', url: `${OWN.origin}/a/%61` });
  });

  it.each(['GET', 'PROPFIND', 'VERSION-CONTROL', 'CONNECTED', 'TRACED'])('the method %s', (method) => {
    expect(original(method, '/')).toMatchObject({ method });
  });

  it.each(['CONNECT', 'TRACE', 'TRACK', 'get', 'xGET', 'GETx', '-GET', 'GET, GET', ''])('no method: "%s"', (method) => {
    expect(original(method, '/')).toBeUndefined();
  });

  it.each(['', '*', 'a', 'x/a', '?a', '/a b', '/a, /b', 'ftp://app.example.com/', 'https://app.example.com'])(
    'no target: "%s"',
    (uri) => {
      expect(original('GET', uri)).toBeUndefined();
    },
  );
});

describe('RFC 3986 §2.5: bytes that are not ASCII, which nginx says as they came', () => {
  // Node takes no more than Latin-1 in a header; workerd reads UTF-8.
  const read = (uri: string) => {
    const said = new Map([
      ['x-original-method', 'GET'],
      ['x-original-uri', uri],
    ]);
    return parseAskedRequest(
      { get: (name: string) => said.get(name) ?? null, has: said.has.bind(said) } as Headers,
      OWN,
    );
  };

  it.each([
    ['/k\u00e4se?\u20ac=\u{1f9c0}', '/k%C3%A4se', '?%E2%82%AC=%F0%9F%A7%80'],
    ['https://app.example.com/k\u00e4se', '/k%C3%A4se', ''],
    ['/k\u00e4se/%C3%A4/%', '/k%C3%A4se/%C3%A4/%', ''],
    ['/\u0085\u00a0\u2028\ufeff', '/%C2%85%C2%A0%E2%80%A8%EF%BB%BF', ''],
  ])('%s', (uri, path, search) => {
    expect(read(uri)).toMatchObject({ path, url: OWN.origin + path + search });
  });

  it.each(['/\ufffd', '/a?\ufffd', '/\ud800', '/k\u00e4se /b', 'https://\u00e4.example/'])('no target: %j', (uri) => {
    expect(read(uri)).toBeUndefined();
  });
});

describe('ARCHITECTURE §2: all that is said of a target agrees', () => {
  it.each([
    ['ingress-nginx', {}, true],
    ['agreeing with X-Original-URI', { 'x-original-uri': '/a?b' }, true],
    ['against X-Original-URI', { 'x-original-uri': '/c' }, false],
    ['against its query', { 'x-original-uri': '/a' }, false],
    ['agreeing with the other family', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/a?b' }, true],
    ['against the other family', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/c' }, false],
    ['against the host', { 'x-forwarded-host': 'board.example.com' }, false],
    [
      'against the host of a target that names none',
      { 'x-original-uri': '/a?b', 'x-original-url': 'https://board.example.com/a?b' },
      false,
    ],
    ['an empty X-Original-URI', { 'x-original-uri': '' }, false],
    ['two lines', { 'x-original-url': 'https://app.example.com/a?b, https://app.example.com/a?b' }, false],
    ['a user’s name in it', { 'x-original-url': 'https://me@app.example.com/a?b' }, false],
  ])('X-Original-URL: %s', (_what, more, isTaken) => {
    const said = { 'x-original-method': 'GET', 'x-original-url': 'https://app.example.com/a?b', ...more };
    expect(asked(said)?.url).toBe(isTaken ? 'https://app.example.com/a?b' : undefined);
  });

  it.each([
    ['https://app.example.com:443/a', 'https://app.example.com/a'],
    ['http://app.example.com:80/a', 'https://app.example.com/a'],
    ['https://app.example.com:8443/a', 'https://app.example.com:8443/a'],
  ])('a port that says nothing is left out: %s', (uri, url) => {
    expect(original('GET', uri)?.url).toBe(url);
  });
});

describe('ARCHITECTURE §2: both families of names, where both are there, agree', () => {
  const forwarded = (method: string, uri: string) => ({ 'x-forwarded-method': method, 'x-forwarded-uri': uri });

  it.each([
    ['agreeing', forwarded('GET', '/a'), true],
    ['another method', forwarded('PUT', '/a'), false],
    ['another target', forwarded('GET', '/b'), false],
    ['the method alone', { 'x-forwarded-method': 'GET' }, false],
    ['the target alone', { 'x-forwarded-uri': '/a' }, false],
  ])('%s', (_what, more, isTaken) => {
    expect(original('GET', '/a', more)?.path).toBe(isTaken ? '/a' : undefined);
  });

  it.each([
    ['nothing', {}],
    ['no method', { 'x-original-uri': '/a' }],
    ['no target', { 'x-original-method': 'GET' }],
    ['half by the one, half by the other', { 'x-original-method': 'GET', 'x-forwarded-uri': '/a' }],
  ])('%s is no request', (_what, said) => {
    expect(asked(said)).toBeUndefined();
  });
});

describe('ARCHITECTURE §2: the host that was asked for', () => {
  it.each([
    ['board.example.com', 'https://board.example.com/a'],
    ['BOARD.example.com:8443', 'https://board.example.com:8443/a'],
    ['[::1]:8443', 'https://[::1]:8443/a'],
  ])('X-Forwarded-Host: %s', (host, url) => {
    expect(original('GET', '/a', { 'x-forwarded-host': host })?.url).toBe(url);
  });

  it('named twice, it is the same', () => {
    const more = { 'x-forwarded-host': 'Board.example.com:443' };
    expect(original('GET', 'https://board.example.com/a', more)?.url).toBe('https://board.example.com/a');
    expect(original('GET', 'https://app.example.com/a', more)).toBeUndefined();
    expect(original('GET', 'https://board.example.com:99999/a', more)).toBeUndefined();
  });

  it.each([
    '',
    'a@app.example.com',
    'app.example.com@evil.example',
    'app.example.com, evil.example',
    'app.example.com/x',
    'app.example.com:99999',
  ])('no host: "%s"', (host) => {
    expect(original('GET', '/a', { 'x-forwarded-host': host })).toBeUndefined();
  });
});
