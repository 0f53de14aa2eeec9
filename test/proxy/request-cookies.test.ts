// The cookies that the upstream receives: all but the gateway’s own.
// ARCHITECTURE §4 "Never reaches the upstream", §7 Cookies; RFC 6265bis §4.2.1.

import { describe, expect, it } from 'vitest';
import { compileReservedNames } from '../../src/identity/reserved-names.ts';
import { withoutOwnCookies } from '../../src/proxy/own-cookies.ts';
import { compileUpstreamRequest } from '../../src/proxy/upstream-request.ts';
import { config, extras, sent } from './upstream-request-bed.ts';

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

  it.each<[string, string | undefined]>([
    ['a=\ufffd; b=1', 'a=\ufffd; b=1'],
    ['a=\ufffd; __Host-postern=x; b=1', 'b=1'],
    ['__Host-postern=x;b=1; \ufffd=2; c="\ufffd"', 'b=1'],
    ['__Host-postern=x; a=\ufffd', undefined],
    ['__Host-postern=\ufffd; a=1', 'a=1'],
  ])('one whose bytes are lost goes up only where nothing is written anew: %s', (cookie, kept) =>
    expect(withoutOwnCookies(cookie, '__Host-postern', true)).toBe(kept),
  );

  it('without TLS they are called postern', () => {
    const buildPlain = compileUpstreamRequest({ ...config, isSecure: false }, compileReservedNames({}));
    const request = { url: 'http://localhost:8787/', headers: new Headers({ cookie: 'postern.0=x; a=1' }) };
    expect(buildPlain(request, {}, extras).headers.get('cookie')).toBe('a=1');
  });
});
