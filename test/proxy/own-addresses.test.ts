// Addresses of our own on the way up: all of them say the name by which the upstream is called, and no stranger passes for it.
// ARCHITECTURE §4 `UPSTREAM_HOST`; RFC 6454 §7; RFC 9110 §10.1.3; RFC 4918 §10.3, §10.4; RFC 7239.

import { describe, expect, it } from 'vitest';
import type { UpstreamTerms } from '../../src/config/schema.ts';
import { compileReservedNames } from '../../src/identity/reserved-names.ts';
import { publicReference } from '../../src/proxy/response/addresses.ts';
import { ownAddressToPass } from '../../src/proxy/site/own-addresses.ts';
import { compileUpstreamRequest, type UpstreamRequestConfig } from '../../src/proxy/upstream-request.ts';
import { app, config, extras } from './upstream-request-bed.ts';

const PUBLIC = 'https://a.example';
const PRIVATE = app.origin;
const SERVICE = { origin: 'http://reports', basePath: '', binding: 'REPORTS' };

interface Case {
  readonly path?: string;
  readonly terms?: UpstreamTerms;
  readonly settings?: Partial<UpstreamRequestConfig>;
}

function goesUp(headers: Record<string, string>, { path = '/x', terms = {}, settings = {} }: Case = {}) {
  const build = compileUpstreamRequest({ ...config, ...settings }, compileReservedNames({}));
  const { url, headers: sent } = build({ url: PUBLIC + path, headers: new Headers(headers) }, terms, extras);
  return { url, ...Object.fromEntries(sent) } as Record<string, string>;
}

describe.each([
  ['nothing', {}, {}, PRIVATE],
  ['UPSTREAM_HOST = "upstream"', { upstreamHost: 'upstream' }, {}, PRIVATE],
  ['UPSTREAM_HOST = "public"', { upstreamHost: 'public' }, {}, PUBLIC],
  ['UPSTREAM_HOST = "wiki.example:8080"', { upstreamHost: 'wiki.example:8080' }, {}, 'http://wiki.example:8080'],
  ['UPSTREAM_HOST = "wiki.example:80", http’s own', { upstreamHost: 'wiki.example:80' }, {}, 'http://wiki.example'],
  ['upstream_host, before UPSTREAM_HOST', { upstreamHost: 'wiki.example' }, { upstream_host: 'public' }, PUBLIC],
  ['UPSTREAM_HOST = "public", another upstream', { upstreamHost: 'public' }, { upstream: SERVICE }, PUBLIC],
  [
    'a name, which is not another upstream’s',
    { upstreamHost: 'wiki.example' },
    { upstream: SERVICE },
    'http://reports',
  ],
  ['a rule’s name', {}, { upstream: SERVICE, upstream_host: 'wiki.example' }, 'http://wiki.example'],
] as const)('%s', (_title, settings, terms, site) => {
  it.each([
    ['origin', PUBLIC, site],
    ['origin', 'HTTPS://A.example:443', site],
    ['sec-websocket-origin', PUBLIC, site],
    ['referer', PUBLIC, `${site}/`],
    ['referer', `${PUBLIC}/a%20b//c?d=/e#f`, `${site}/a%20b//c?d=/e#f`],
    ['referer', `${PUBLIC}?a`, `${site}/?a`],
    ['referer', 'https://user:pass@A.example:443/a', `${site}/a`],
    ['ping-from', `${PUBLIC}/a`, `${site}/a`],
    ['hx-current-url', `${PUBLIC}/a?b`, `${site}/a?b`],
    ['destination', `${PUBLIC}/a%20b`, `${site}/a%20b`],
    ['destination', 'https://A.example:443/a/../b', `${site}/b`],
    ['destination', '/a/b', '/a/b'],
    [
      'if',
      `<${PUBLIC}/a> (<urn:uuid:1> ["e"]) <https://other.example/> (Not <DAV:no-lock>)`,
      `<${site}/a> (<urn:uuid:1> ["e"]) <https://other.example/> (Not <DAV:no-lock>)`,
    ],
    ['if', `(<${PUBLIC}/lock>)`, `(<${PUBLIC}/lock>)`],
  ])('%s: %s', (name, value, expected) => {
    expect(goesUp({ [name]: value }, { settings, terms })[name]).toBe(expected);
  });

  it.each([
    ['origin', 'null'],
    ['origin', 'https://other.example'],
    ['origin', 'http://a.example'],
    ['origin', 'https://a.example:8443'],
    ['origin', 'https://a.example.evil.example'],
    ['origin', 'https://xa.example'],
    ['origin', 'moz-extension://a.example'],
    ['origin', 'https://a.example@evil.example'],
    ['referer', 'https://other.example/?https://a.example/'],
    ['referer', 'https://a.example.evil.example/'],
    ['referer', 'https://a.example@evil.example/x'],
    ['referer', 'about:client'],
    ['referer', '/x'],
    ['hx-current-url', 'https://other.example/x'],
    ['if', '<https://other.example/a> (["e"])'],
  ])('a foreign %s stays foreign, and as it is: %s', (name, value) => {
    expect(goesUp({ [name]: value }, { settings, terms })[name]).toBe(value);
  });
});

describe('whoever is at the private address is a stranger, though the application would take them for itself', () => {
  it.each([
    ['origin', PRIVATE, 'null'],
    ['origin', 'https://app.internal:8080', 'null'],
    ['sec-websocket-origin', PRIVATE, 'null'],
    ['referer', `${PRIVATE}/admin`, undefined],
    ['ping-to', `${PRIVATE}/x`, undefined],
    ['hx-current-url', `${PRIVATE}/x`, undefined],
    ['origin', 'http://app.internal', 'http://app.internal'],
  ])('%s: %s', (name, value, expected) => {
    for (const upstreamHost of ['upstream', 'public', 'wiki.example']) {
      expect(goesUp({ [name]: value }, { settings: { upstreamHost } })[name]).toBe(expected);
    }
  });

  it('nor is one who has the name by which it is called', () => {
    const settings = { upstreamHost: 'wiki.example' };
    for (const origin of ['http://wiki.example', 'https://wiki.example'])
      expect(goesUp({ origin }, { settings })['origin']).toBe('null');
    expect(goesUp({ origin: 'http://reports' }, { terms: { upstream: SERVICE } })['origin']).toBe('null');
  });
});

describe('with a prefix to strip and a base path, addresses move as the path does', () => {
  const terms = { upstream: { origin: 'https://b.internal', basePath: '/base' }, strip_prefix: '/api' };
  it.each([
    ['referer', `${PUBLIC}/api/a?b`, 'https://b.internal/base/a?b'],
    ['referer', `${PUBLIC}/%61pi`, 'https://b.internal/base/'],
    ['referer', `${PUBLIC}/elsewhere?secret`, 'https://b.internal/base/'],
    ['destination', `${PUBLIC}/api/a`, 'https://b.internal/base/a'],
    ['destination', '/api/a', '/base/a'],
    ['destination', '/elsewhere', undefined],
    ['if', `<${PUBLIC}/api/a> (["e"])`, '<https://b.internal/base/a> (["e"])'],
  ])('%s: %s', (name, value, expected) => {
    expect(goesUp({ [name]: value }, { path: '/api/x', terms })[name]).toBe(expected);
  });

  it('under the public name, too', () => {
    const settings = { path: '/api/x', terms: { ...terms, upstream_host: 'public' } };
    expect(goesUp({ referer: `${PUBLIC}/api/a` }, settings)['referer']).toBe(`${PUBLIC}/base/a`);
  });
});

describe('bytes that are no UTF-8 are put into nobody’s mouth', () => {
  const addresses = { target: app, origin: PUBLIC, site: PRIVATE, prefix: '', strip: '' };
  it.each([
    ['referer', `${PUBLIC}/k\ufffdse`, `${PRIVATE}/`],
    ['referer', `HTTPS://a.example/k\ufffdse`, `${PRIVATE}/`],
    ['referer', 'https://other.example/k\ufffdse', 'https://other.example/k\ufffdse'],
    ['destination', `${PUBLIC}/k\ufffdse`, `${PUBLIC}/k\ufffdse`],
    ['if', `<${PUBLIC}/k\ufffdse> (["e"])`, `<${PUBLIC}/k\ufffdse> (["e"])`],
    ['if', `<${PUBLIC}/k> (["\ufffd"])`, `<${PUBLIC}/k> (["\ufffd"])`],
  ])('%s: %s', (name, value, expected) => expect(ownAddressToPass(name, value, addresses)).toBe(expected));
});

describe('an answer that says the name it was called by leads back to the site', () => {
  const called = { target: SERVICE, origin: PUBLIC, site: 'http://wiki.example', prefix: '' };
  it.each([
    ['http://wiki.example/a', `${PUBLIC}/a`],
    ['https://wiki.example/a', `${PUBLIC}/a`],
    ['http://reports/a', `${PUBLIC}/a`],
    ['http://a.example/a', `${PUBLIC}/a`],
    ['https://other.example/a', 'https://other.example/a'],
  ])('%s', (location, expected) => expect(publicReference(location, called)).toBe(expected));
});

describe('where it is fetched from', () => {
  it.each([
    ['upstream', { upstream: SERVICE }, 'http://reports/x'],
    ['public', { upstream: SERVICE }, 'http://a.example/x'],
    ['public', {}, `${PRIVATE}/x`],
    ['wiki.example', {}, `${PRIVATE}/x`],
  ])('called %s: %j', (upstream_host, terms, url) => {
    expect(goesUp({}, { terms: { ...terms, upstream_host } })['url']).toBe(url);
  });
});

describe('what is said of the visitor’s side', () => {
  const visitor = { 'cf-connecting-ip': '2001:db8::1' };

  it('the port is that of the public origin', () => {
    expect(goesUp({})['x-forwarded-port']).toBe('443');
    const build = compileUpstreamRequest(config, compileReservedNames({}));
    const portOf = (url: string) => build({ url, headers: new Headers() }, {}, extras).headers.get('x-forwarded-port');
    expect(portOf('http://a.example/')).toBe('80');
    expect(portOf('http://a.example:8787/')).toBe('8787');
  });

  it('the prefix is there where one was stripped, as it was spelled', () => {
    expect(goesUp({})['x-forwarded-prefix']).toBeUndefined();
    expect(goesUp({}, { path: '/%61pi/x', terms: { strip_prefix: '/api' } })['x-forwarded-prefix']).toBe('/%61pi');
  });

  it.each([
    [visitor, 'for="[2001:db8::1]";host="a.example";proto=https'],
    [{ 'cf-connecting-ip': '192.0.2.1' }, 'for=192.0.2.1;host="a.example";proto=https'],
    [{}, 'host="a.example";proto=https'],
  ])('RFC 7239 §4 Forwarded, if asked for: %j', (headers, expected) => {
    expect(goesUp(headers, { settings: { forwarded: true } })['forwarded']).toBe(expected);
    expect(goesUp(headers)['forwarded']).toBeUndefined();
  });

  const NAMES =
    'Forwarded X-Forwarded-Host X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Proto X-Forwarded-Scheme X-Forwarded-Ssl X-Forwarded-Server X-Forward-For Front-End-Https X-Scheme X-Url-Scheme X-Proto X-Script-Name Path-Info';
  it.each(NAMES.split(' '))('a visitor’s own %s never passes, however it is spelled', (name) => {
    const spellings = [name, name.toLowerCase(), name.replaceAll('-', '_'), name.replaceAll('-', '.'), `HTTP_${name}`];
    for (const spelling of spellings) {
      const sent = Object.entries(goesUp({ [spelling]: 'evil' }, { settings: { forwarded: true } }));
      expect(sent.filter(([, value]) => value.includes('evil'))).toEqual([]);
    }
  });

  it.each(['destinatio-n', 'ORI_GIN', 'HTTP_DESTINATION', 'Sec_WebSocket_Origin', 'Ping_From', 'HX_Current_URL'])(
    'a second spelling is no second way in: %s',
    (name) => expect(goesUp({ [name]: `${PUBLIC}/admin` })[name.toLowerCase()]).toBeUndefined(),
  );
});
