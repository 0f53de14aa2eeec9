// What becomes of an application's header fields on their way to the visitor: addresses, cookies, caching, connections.
// ARCHITECTURE §4 "Never reaches the visitor"; RFC 9111 §5.2.2.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isOwnCookie } from '../../../src/proxy/own-cookies.ts';
import { compileResponseHeaders } from '../../../src/proxy/response/upstream-response.ts';
import { BASE, cookieHeader } from '../generate/cookies.ts';
import { type Field, fieldName, fieldValue, LONGEST_FIELD, toHeaders } from '../generate/fields.ts';
import { longPath } from '../generate/paths.ts';
import { asFieldValue, mutated } from '../generate/text.ts';
import { createTarget } from '../target.ts';

const ORIGIN = 'https://app.example.com';
const PRIVATE = 'app.internal:8443';
const rewrite = compileResponseHeaders({ isSecure: true, securityHeaders: {} });

const WORDS = [
  ...[
    `https://${PRIVATE}/base/a`,
    `//${PRIVATE}/base`,
    `HTTP://${PRIVATE}`,
    `https://user@${PRIVATE}/`,
    'http://app.example.com/base/',
    `https://app.example.com:8443/`,
    '<',
    '>; rel=a, <',
    '; anchor="',
    ORIGIN,
    PRIVATE,
  ],
  ...[
    '/base/a',
    '/other',
    '/base',
    '\\\\app.internal',
    'https:/',
    'url=',
    '5; url=',
    '0',
    '"',
    "'",
    '; Path=/base',
    ',',
  ],
  ...[
    '; Domain=.internal',
    '; domain=app.internal',
    'Domain=example.com',
    'public',
    'private="set-cookie, a"',
    's-maxage=9',
  ],
  ...['no-store', 'max-age=1', '__Host-postern=a', ' "__host-postern=a', 'a=b', ' ', '\u00a0', '?', '#', '@', '%2f'],
];
const text = (corpus: readonly string[]) => mutated(corpus, WORDS, LONGEST_FIELD).map(asFieldValue);
const location = text([
  `https://${PRIVATE}/base/a?b#c`,
  '/base/login',
  `//${PRIVATE}/base/`,
  'a/b',
  `http://${PRIVATE}/x`,
]);

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(fc.constantFrom('location', 'content-location', 'sourcemap', 'hx-redirect'), location),
  fc.tuple(
    fc.constant('link'),
    text([`<https://${PRIVATE}/base/a>; rel=next, </b>; title="<x>"`, '<c>; anchor="/base/"']),
  ),
  fc.tuple(fc.constant('access-control-allow-origin'), text([`https://${PRIVATE}`, ORIGIN, '*'])),
  fc.tuple(
    fc.constant('refresh'),
    text([`5; url="https://${PRIVATE}/base/"`, '0;URL=/base/a', `1, https://${PRIVATE}/`]),
  ),
  fc.tuple(
    fc.constant('set-cookie'),
    text([
      'a=b; Path=/base/x; Domain=app.internal; Secure',
      '__Host-postern=evil; Path=/',
      `${BASE}.0=x`,
      'a=; path=/',
    ]),
  ),
  fc.tuple(
    fc.constant('cache-control'),
    text(['public, max-age=60', 'private="set-cookie, x", s-maxage=5', 'no-store']),
  ),
  fc.tuple(
    fc.constantFrom('connection', 'vary'),
    text(['close, x-kept, cache-control', 'Set-Cookie, Vary', '*', 'Accept']),
  ),
  fc.tuple(fieldName, fieldValue),
);

const GONE = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'x-gateway-secret',
  'x-gateway-hop',
  'alt-svc',
];

/**
 * As RFC 3986 reads it: what browsers forgive beyond that (`https:\\host`) no application writes. The public one without TLS counts as
 * private.
 */
function leadsToPrivateHost(reference: string): boolean {
  const url = /^(https?:)?\/\/[^\\]*$/i.test(reference) ? URL.parse(reference, ORIGIN) : null;
  return url?.host === PRIVATE || url?.origin === `http://${new URL(ORIGIN).host}`;
}

const response = createTarget({
  name: 'response-fields',
  promise: 'no cookie under our names, no address of the private host, nothing personal for shared caches',
  runs: 2_000,
  given: fc.record({
    fields: fc.array(field, { maxLength: 8 }),
    isPersonal: fc.boolean(),
    prefix: fc.constantFrom('', '/app'),
  }),
  holds({ fields, isPersonal, prefix }) {
    const headers = toHeaders(fields);
    const given = new Headers(headers);
    const addresses = { target: { origin: `https://${PRIVATE}`, basePath: '/base' }, origin: ORIGIN, prefix };
    rewrite({ status: 200, headers }, { addresses, isPersonal });
    for (const name of GONE) assert.equal(headers.get(name), null, name);
    for (const line of headers.getSetCookie()) {
      assert(!isOwnCookie(line, BASE), line);
      assert(!line.toLowerCase().trimStart().startsWith(BASE.toLowerCase()), line);
    }
    for (const name of ['location', 'content-location', 'sourcemap', 'hx-redirect']) {
      const value = headers.get(name);
      assert.equal(value === null, given.get(name) === null);
      // Two lines of one come joined, which is no address any more.
      if (value !== null && !value.includes(',')) assert(!leadsToPrivateHost(value), value);
    }
    assert.equal(headers.get('content-type'), given.get('content-type'));
    assert.equal(headers.get('x-content-type-options') === null, false);
    if (isPersonal) assert.match(headers.get('cache-control') ?? '', /(^|,|\s)(private|no-store)(\s*,|\s*$|\s*=)/i);
  },
});

const HARMLESS = /^"(cache|clientHints|executionContexts|prefetchCache|prerenderCache|storage)(:[^",]*)?"$/;
const types = mutated(
  ['"cookies"', '"*"', '"cache", "cookies"', '"storage","executionContexts" , "cookies"', '"storage:a", cookies'],
  ['"cookies"', '"*"', '*', ',', ' ', '"', '"Cookies"', '\t', '"cache"', '"cookies;x"', "'cookies'", ':', '"all"'],
).map(asFieldValue);

const clearing = createTarget({
  name: 'clear-site-data',
  promise: 'no type goes on that takes cookies along, and the deletions in its place are well-formed and none of ours',
  runs: 1_000,
  given: fc.record({ types, cookie: cookieHeader, path: longPath }),
  holds({ types, cookie, path }) {
    const headers = new Headers({ 'clear-site-data': types });
    const url = new Request(ORIGIN + path.toWellFormed()).url;
    const addresses = { target: { origin: `https://${PRIVATE}`, basePath: '' }, origin: ORIGIN, prefix: '' };
    rewrite({ status: 200, headers }, { addresses, isPersonal: true, sent: { url, headers: new Headers({ cookie }) } });
    for (const type of headers.get('clear-site-data')?.split(', ') ?? []) assert.match(type, HARMLESS);
    const lines = headers.getSetCookie();
    assert(lines.length <= 100);
    for (const line of lines) {
      assert(!isOwnCookie(line, BASE), line);
      assert.match(line, /^[^=;\s]+=; Max-Age=0; Path=\/[^;?]*(; Domain=(app\.)?example\.com)?; HttpOnly(; Secure)?$/);
    }
    const asks = types.split(',').some((type) => ['"cookies"', '"*"'].includes(type.trim()));
    if (!asks) assert.deepEqual(lines, []);
  },
});

export const responseTargets = [response, clearing];
