// The Authorization header, and the request that another proxy says it asks about.
// RFC 6750 §2.1; RFC 9110 §11.4; ARCHITECTURE §2 GET /auth/check.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { claimsBearer, parseAuthorization } from '../../../src/oidc/bearer/authorization-header.ts';
import { parseAskedRequest } from '../../../src/policy/asked-request.ts';
import { anyText, asFieldValue, mutated } from '../generate/text.ts';
import { createTarget } from '../target.ts';

const b64token = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9\-._~+/]{1,60}$/), fc.stringMatching(/^={0,2}$/))
  .map(([body, padding]) => body + padding);
const scheme = fc.mixedCase(fc.constant('bearer'));
const noise = fc.oneof(anyText, b64token, fc.constantFrom(',', ' ', '\t', 'Bearer ', '='));

const authorization = createTarget({
  name: 'authorization',
  promise: 'a token is one and all that the header holds; a header that names the scheme is never overlooked',
  runs: 2_000,
  given: fc.oneof(
    fc.tuple(scheme, fc.array(noise, { maxLength: 4 })).map(([name, parts]) => name + parts.join('')),
    mutated(['Bearer abc.def-ghi', 'Basic YTpi, Bearer abc', 'bearer  a==', 'DPoP abc'], ['Bearer ', ', bearer', '=']),
    fc.array(b64token, { minLength: 2, maxLength: 5 }).map((all) => all.map((one) => `Bearer ${one}`).join(',')),
    b64token.map((token) => `Bearer ${token}`),
  ),
  holds(header) {
    const parsed = parseAuthorization(header);
    assert.equal(parsed.kind !== 'none', claimsBearer(header));
    const schemes = header.split(',').map((value) => value.trim().toLowerCase().split(/\s/)[0]);
    if (schemes.includes('bearer')) assert.notEqual(parsed.kind, 'none');
    const [, sent] = /^bearer ([A-Za-z0-9\-._~+/]+={0,2})$/i.exec(header) ?? [];
    if (sent !== undefined && header.length < 16_000) assert.deepEqual(parsed, { kind: 'token', token: sent });
    if (parsed.kind !== 'token') return;
    assert.match(parsed.token, /^[A-Za-z0-9\-._~+/]+=*$/);
    assert.equal(header.slice('bearer'.length).replace(/^ +/, ''), parsed.token);
    assert(header.length <= 65_536);
  },
});

const OWN = new URL('https://app.example.com/auth/check');
const NAMES = [
  'x-original-method',
  'x-original-uri',
  'x-original-url',
  'x-forwarded-method',
  'x-forwarded-uri',
  'x-forwarded-host',
];
const VALUES = [
  'GET',
  'POST',
  'get',
  '',
  '/',
  '/a?b',
  '//b/c',
  '/a, /b',
  'https://app.example.com/a',
  'http://x',
  'a@b',
];
const value = fc.oneof(fc.constantFrom(...VALUES), mutated(VALUES).map(asFieldValue));
const said = fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 6 });

const askedRequest = createTarget({
  name: 'asked-request',
  promise: 'is whole, or nothing; another word on anything that was said makes it nothing, or changes nothing',
  runs: 2_000,
  given: fc.record({ said, name: fc.constantFrom(...NAMES.slice(0, -1)), added: value }),
  holds({ said, name, added }) {
    const headers = new Headers(said as [string, string][]);
    const asked = parseAskedRequest(headers, OWN);
    if (!asked) return;
    assert.match(asked.method, /^[A-Z][A-Z-]*$/);
    assert.match(asked.path, /^\/[!-~]*$/);
    assert(!asked.path.includes('?'));
    for (const field of ['x-original-uri', 'x-original-url', 'x-forwarded-uri']) {
      const [method, uri] = [headers.get(field.replace(/ur.$/, 'method')), headers.get(field)];
      assert(method === null || method === asked.method, `${field}: ${method}`);
      assert(
        uri === null || escaped(uri.replace(/^https?:\/\/[^/]*/i, '').split('?', 1)[0] ?? '') === asked.path,
        `${field}: ${uri}`,
      );
    }
    const url = new URL(asked.url);
    assert.deepEqual([url.protocol, url.username, url.password], ['https:', '', '']);
    headers.append(name, added);
    const after = parseAskedRequest(headers, OWN);
    if (after) assert.deepEqual(after, asked);
  },
});

/** RFC 3986 §2.5: bytes that are not ASCII, as a browser writes them. */
const escaped = (path: string) => path.replace(/[^!-~]+/gu, encodeURIComponent);

export const authorizationTargets = [authorization, askedRequest];
