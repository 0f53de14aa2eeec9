// Where a login may end: our own pages, as they came; and nowhere else, however it is written.
// ARCHITECTURE §2 `return_to`; RFC 9700 §4.11; oauth2-proxy GHSA-qqxw-m5fj-f7gv, GHSA-j7px-6hwj-hpjg, GHSA-5m6c-jp6f-2vcv.

import { describe, expect, it } from 'vitest';
import { MAX_RETURN_TO_LENGTH, parseReturnTo } from '../../src/policy/return-to.ts';
import { addresses, ORIGIN } from './build.ts';

const OWN = addresses(`${ORIGIN}/auth/callback`);

describe('ARCHITECTURE §2: return_to on our own origin', () => {
  it.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a?x=1&y=%20#part', '/a?x=1&y=%20#part'],
    ['/a?next=//evil.example', '/a?next=//evil.example'],
    ['/a?path=C:\\temp', '/a?path=C:\\temp'],
    ['/#/route', '/#/route'],
    ['/k%C3%A4se/a%20b', '/k%C3%A4se/a%20b'],
    ['/käse/a b', '/k%C3%A4se/a%20b'],
    ['/user+tag@example.com', '/user+tag@example.com'],
    ['/a//b', '/a//b'],
    ['/a/./b/../c', '/a/c'],
    ['/web/2026/https://example.org/', '/web/2026/https://example.org/'],
    ['/a%2fb', '/a%2fb'],
    [`${ORIGIN}/a?b#c`, '/a?b#c'],
    [ORIGIN, '/'],
    ['HTTPS://App.Example.COM:443/a', '/a'],
    ['/auth/profile', '/auth/profile'],
    ['/authentic', '/authentic'],
    ['/login', '/login'],
    ['/auth', '/auth'],
    ['/auth/', '/auth/'],
  ])('%s → %s', (value, target) => {
    expect(parseReturnTo(value, OWN)).toBe(target);
  });

  it('on a loopback origin without TLS', () => {
    expect(parseReturnTo('http://localhost:8787/a', addresses('http://localhost:8787/auth/callback'))).toBe('/a');
  });

  it('has a limit', () => {
    expect(parseReturnTo(`/${'a'.repeat(MAX_RETURN_TO_LENGTH - 1)}`, OWN)).toBeDefined();
    expect(parseReturnTo(`/${'a'.repeat(MAX_RETURN_TO_LENGTH)}`, OWN)).toBeUndefined();
    // The length counts as given, even if the address gets shorter
    expect(parseReturnTo(`${ORIGIN}/${'a'.repeat(MAX_RETURN_TO_LENGTH - 1)}`, OWN)).toBeUndefined();
    expect(parseReturnTo(`/${'./'.repeat(MAX_RETURN_TO_LENGTH / 2)}`, OWN)).toBeUndefined();
    // And as written out, so that the result passes when it is given again
    expect(parseReturnTo(`/${'é'.repeat(MAX_RETURN_TO_LENGTH / 2)}`, OWN)).toBeUndefined();
  });
});

describe('ARCHITECTURE §2: return_to elsewhere', () => {
  it.each([
    ['nothing', null],
    ['an empty one', ''],
    ['a URL that is none', 'https://['],
    ['a backslash in the path', '/a\\b'],
    ['a relative path', 'a/b'],
    ['only a query', '?a'],
    ['another host', 'https://evil.example/'],
    ['another scheme', 'http://app.example.com/'],
    ['another port', `${ORIGIN}:8443/`],
    ['a longer host', `${ORIGIN}.evil.example/`],
    ['a host that ends like ours', 'https://evilapp.example.com/'],
    ['our host as a user', 'https://app.example.com@evil.example/'],
    ['our host as a user with a password', 'https://app.example.com:443@evil.example/'],
    ['a user at our host', 'https://evil@app.example.com/'],
    ['a password at our host', 'https://:evil@app.example.com/'],
    ['a user with a password at our host', 'https://evil:evil@app.example.com/'],
    ['no slashes after the scheme', 'https:app.example.com/a'],
    ['one slash after the scheme', 'https:/evil.example'],
    ['three slashes after the scheme', 'https:///evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a script with our origin', `javascript://app.example.com/%0aalert(1)`],
    ['data', 'data:text/html,x'],
    ['a blob of our origin', `blob:${ORIGIN}/x`],
    ['a host that is left out', '//'],
    ['same-origin when parsed, away when written out', '/.//evil.example'],
    ['a slash too many on our own origin', `${ORIGIN}//evil.example`],
    ['nonsense in the path', '/a%00'],
    ['a tab', '/a\tb'],
    ['a line break', '/a\nb'],
    ['a line break in the query', '/a?b\r\nc'],
    ['a character that controls', '/a?b\u0085c'],
  ])('%s', (_what, value) => {
    expect(parseReturnTo(value, OWN)).toBeUndefined();
  });

  it.each([
    '/auth/login',
    '/auth/login/',
    '/auth/login?return_to=/auth/login',
    '/auth/callback?code=x&state=y',
    '/auth/logout',
    '/auth/logout/callback',
    '/auth/backchannel-logout',
    '/AUTH/Login',
    '/auth/%6cogin',
    '/auth%2flogin',
    '/x/../auth/logout',
    '/auth//logout',
    `${ORIGIN}/auth/logout`,
  ])('%s would lead round in a circle', (value) => {
    expect(parseReturnTo(value, OWN)).toBeUndefined();
  });

  it.each([
    ['a callback of another name', '/auth/cb', undefined, '/auth/cb', undefined],
    ['its usual name, which is nobody’s then', '/auth/cb', undefined, '/auth/callback', '/auth/callback'],
    ['a callback of another name, encoded, folded', '/auth/cb', undefined, '/Auth/%63b/', undefined],
    ['a post-logout address in our folder', '/auth/callback', '/auth/bye', '/auth/bye', undefined],
    ['one in the application’s part', '/auth/callback', '/bye', '/bye', '/bye'],
  ])('what the operator has registered: %s', (_what, callback, postLogout, value, target) => {
    const own = addresses(ORIGIN + callback, postLogout && ORIGIN + postLogout);
    expect(parseReturnTo(value, own)).toBe(target);
  });

  it('endpoints at the root', () => {
    expect(parseReturnTo('/login', addresses(`${ORIGIN}/callback`))).toBeUndefined();
    expect(parseReturnTo('/a/login', addresses(`${ORIGIN}/callback`))).toBe('/a/login');
  });
});

/** What may stand between the two slashes, in families of attempts. After dots a third slash is needed to leave the site. */
const SLASHES = ['/', '\\', '%2f', '%5c'];
const BLANKS = ['', ' ', '%20', '%2520', '%c2%a0', '\u00a0', '/', '\\', '%2f', '%5c', '%252f', '%255c', ';', '%3bx=y'];
const DOTS = ['.', '..', '%2e', '%2e%2e', '%252e', '%252e%252e', '.%20', '..;'];
const INVISIBLE = ['\t', '\n', '\r', '\v', '\f', '\0', '%09', '%0a', '%0d', '%0b', '%0c', '%00', '%2509'];
const ENDS = [
  'evil.example',
  'evil.example/%2f..',
  'app.example.com@evil.example',
  'evil.example:80#@app.example.com',
  '3627734734',
];

const between = [...BLANKS, ...INVISIBLE, ...DOTS.flatMap((dots) => SLASHES.map((slash) => dots + slash))];
const corpus = between.flatMap((middle) => SLASHES.flatMap((slash) => ENDS.map((end) => `/${middle}${slash}${end}`)));

describe(`${corpus.length} ways to write another host behind a slash`, () => {
  it.each(corpus)('%j', (value) => {
    for (const written of [value, `${ORIGIN}${value}`, ` ${value}`, `\t${value}`]) {
      expect(parseReturnTo(written, OWN)).toBeUndefined();
    }
  });
});
