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

  it.each([
    '',
    '*',
    'a',
    'x/a',
    '?a',
    '/a b',
    '/a, /b',
    '/k\u00e4se',
    'ftp://app.example.com/',
    'https://app.example.com',
  ])('no target: "%s"', (uri) => {
    expect(original('GET', uri)).toBeUndefined();
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
