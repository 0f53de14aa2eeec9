// Addresses in an answer's fields: private ones made public, others left alone, in whatever field they stand.
// ARCHITECTURE §4 "Never reaches the visitor"; RFC 8288 §3; RFC 9110 §8.7, §10.2.2.

import { describe, expect, it } from 'vitest';
import { publicReference } from '../../src/proxy/response/addresses.ts';
import { type Circumstances, received } from './upstream-response-bed.ts';

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
    ['http://app.internal.:8080/x', 'https://a.example/x'],
    ['http://app%2Einternal:8080/x', 'https://a.example/x'],
    // Whoever it is for
    ['http://user@app.internal:8080/x', 'https://a.example/x'],
    ['http://user:p%40ss@APP.internal:8080/x?a@b', 'https://a.example/x?a@b'],
    // The public host as the application sees it: without TLS, at its own port
    ['http://a.example/x', 'https://a.example/x'],
    ['HTTP://A.Example./x?y#z', 'https://a.example/x?y#z'],
    ['https://a.example:8080/x', 'https://a.example/x'],
    ['http://a.example:8080', 'https://a.example/'],
    ['http://a.example:443/x', 'https://a.example/x'],
    ['http://user:pw@a.example/x', 'https://a.example/x'],
    ['//a.example:8080/x', 'https://a.example/x'],
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
    'https://app.internal.evil.example:8080/',
    'https://a.example/x',
    'http:///x',
    'mailto:app.internal:8080',
    'https://other.example/?to=http://app.internal:8080/',
  ])('leaves %s alone', (from) => expect(location(from)).toBe(from));

  it.each([
    'https://A.example/x',
    '//a.example/x',
    'https://a.example:8443/x',
    'http://b.a.example/',
    'http://a.example.evil.example/',
  ])('leaves %s alone, which is right or another place', (from) => expect(location(from)).toBe(from));

  it('knows an international name in each of its spellings', () => {
    const target = 'https://käse.internal';
    for (const host of ['käse.internal', 'KÄSE.internal', new URL(target).hostname, 'k%C3%A4se.internal'])
      expect(location(`https://${host}/x`, { target: new URL(target).origin })).toBe('https://a.example/x');
  });

  it('an http site on a port of its own is not led to another one', () => {
    const own = {
      origin: 'http://localhost:8787',
      target: { origin: 'http://localhost:8081', basePath: '' },
      prefix: '',
    };
    const at = (value: string) => publicReference(value, own);
    expect(at('http://localhost:8081/x')).toBe('http://localhost:8787/x');
    expect(at('https://localhost:8787/x')).toBe('http://localhost:8787/x');
    for (const other of ['http://localhost/x', 'https://localhost/x', 'http://localhost:3000/x'])
      expect(at(other)).toBe(other);
  });

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
    ['http://a.example/base/x', 'https://a.example/x'],
    ['http://a.example/x', 'https://a.example/x'],
  ])('maps %s back from a base path', (from, to) => expect(location(from, { basePath: '/base' })).toBe(to));

  it.each([
    ['http://app.internal:8080/x', 'https://a.example/api/x'],
    ['/x', '/api/x'],
    ['/', '/api/'],
    ['/api/x', '/api/x'],
    ['/apix', '/api/apix'],
    ['x', 'x'],
    ['http://a.example/x', 'https://a.example/api/x'],
    ['http://a.example/api/x', 'https://a.example/api/x'],
    // X-Forwarded-Prefix has told the application, and X-Forwarded-Host it does not take
    ['http://app.internal:8080/api/x', 'https://a.example/api/x'],
    ['http://app.internal:8080/apix', 'https://a.example/api/apix'],
  ])('puts the stripped prefix back before %s', (from, to) => expect(location(from, { prefix: '/api' })).toBe(to));

  it.each(['5', '5; url=/x', '0;https://other.example/', 'nonsense', "0; url='https://other.example/'"])(
    'leaves Refresh: %s alone',
    (refresh) => expect(received({ refresh }).get('refresh')).toBe(refresh),
  );

  it.each([
    ['0;http://app.internal:8080/x', '0;https://a.example/x'],
    ["0; URL='http://app.internal:8080/x'", "0; URL='https://a.example/x'"],
    ['0; url="http://app.internal:8080" ', '0; url="https://a.example/"'],
    ["1,url='http://user@app.internal:8080?a\"b' c", "1,url='https://a.example/?a\"b' c"],
    ['3 http://a.example/x y', '3 https://a.example/x y'],
  ])('rewrites Refresh: %s', (from, to) => expect(received({ refresh: from }).get('refresh')).toBe(to));
});

describe('fields with addresses', () => {
  const PRIVATE = 'http://app.internal:8080';
  const one = (name: string, value: string, circumstances?: Circumstances) =>
    received({ [name]: value }, circumstances).get(name);

  it.each([
    ...['SourceMap', 'X-SourceMap', 'Service-Worker-Allowed', 'X-Pingback', 'HX-Redirect', 'HX-Location'],
    ...['HX-Push-Url', 'X-Inertia-Location', 'Turbolinks-Location', 'X-PJAX-URL'],
  ])('%s is one like Location', (name) => {
    expect(one(name, `${PRIVATE}/x`)).toBe('https://a.example/x');
    expect(one(name, '/x', { prefix: '/api' })).toBe('/api/x');
    for (const other of ['https://other.example/x', 'x', 'false', `{"path":"${PRIVATE}/x"}`])
      expect(one(name, other)).toBe(other);
  });

  it.each([
    [`<${PRIVATE}/x>; rel=next`, '<https://a.example/x>; rel=next'],
    [`</a>; rel=x, <${PRIVATE}/b>;rel="y z" ,<c>`, '</a>; rel=x, <https://a.example/b>;rel="y z" ,<c>'],
    [`<http://u@app.internal:8080/x,y;z>; rel=a`, '<https://a.example/x,y;z>; rel=a'],
    [`<x>; anchor="${PRIVATE}/#me"; rel=a`, '<x>; anchor="https://a.example/#me"; rel=a'],
    [`<x>; ANCHOR="${PRIVATE}/", <http://a.example/>`, '<x>; ANCHOR="https://a.example/", <https://a.example/>'],
  ])('RFC 8288 §3 Link: %s', (from, to) => expect(one('Link', from)).toBe(to));

  it.each([
    `<x>; title="see <${PRIVATE}/>, or \\"<${PRIVATE}/>\\""; rel=a`,
    `<x>; title*=UTF-8''%3C${PRIVATE}/%3E`,
    `<x>; data-anchor="${PRIVATE}/"`,
    `<https://other.example/?to=${PRIVATE}/>; rel=a`,
    `<x>; title="not closed <${PRIVATE}/>`,
  ])('Link: text is no target: %s', (link) => expect(one('Link', link)).toBe(link));

  it('Link: paths move with the prefix', () =>
    expect(one('Link', '</a.css>; rel=preload, <b.js>', { prefix: '/api' })).toBe('</api/a.css>; rel=preload, <b.js>'));

  it.each([
    ['Access-Control-Allow-Origin', PRIVATE, 'https://a.example'],
    ['Access-Control-Allow-Origin', 'http://a.example', 'https://a.example'],
    ['Access-Control-Allow-Origin', 'https://other.example', 'https://other.example'],
    ['Access-Control-Allow-Origin', '*', '*'],
    ['Access-Control-Allow-Origin', 'null', 'null'],
    ['Timing-Allow-Origin', `https://other.example, ${PRIVATE}`, 'https://other.example, https://a.example'],
  ])('%s: %s has no path', (name, from, to) => expect(one(name, from)).toBe(to));
});
