// The cookies that the visitor receives, and what becomes of Clear-Site-Data.
// ARCHITECTURE §4 "Never reaches the visitor". RFC 6265bis §5.7; Clear Site Data §4.1.

import { CookieJar } from 'tough-cookie';
import { describe, expect, it } from 'vitest';
import { compileResponseHeaders } from '../../src/proxy/response/upstream-response.ts';
import { addresses, type Circumstances, config, received } from './upstream-response-bed.ts';

describe('cookies', () => {
  const setCookies = (lines: readonly string[], circumstances?: Circumstances) =>
    received(
      lines.map((line) => ['Set-Cookie', line] as [string, string]),
      circumstances,
    ).getSetCookie();

  it('stay apart, byte for byte', () => {
    const lines = ['a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/', 'b="x y";HttpOnly;  SameSite=Lax', 'c='];
    expect(setCookies(lines)).toEqual(lines);
  });

  it('under one of the gateway’s names never reach the visitor', () => {
    expect(setCookies(['__Host-postern=x; Path=/', '__Host-postern.0=', ' __host-postern-x=1', 'a=1'])).toEqual([
      'a=1',
    ]);
  });

  it.each([
    ['a=1; Domain=app.internal; Path=/', 'a=1; Path=/'],
    ['a=1; domain=.App.Internal', 'a=1'],
    ['a=1; Domain=internal; Secure', 'a=1; Secure'],
    ['a=1; Domain=a.example', 'a=1; Domain=a.example'],
    ['a=1; Domain=example', 'a=1; Domain=example'],
    ['a=1; Domain=', 'a=1; Domain='],
    ['a=Domain=app.internal', 'a=Domain=app.internal'],
  ])('%s', (from, to) => expect(setCookies([from])).toEqual([to]));

  it('lose the Domain of the name by which the application is called', () => {
    const lines = [
      'a=1; Domain=wiki.intranet',
      'a=1; Domain=intranet',
      'a=1; Domain=app.internal',
      'a=1; Domain=other',
    ];
    expect(setCookies(lines, { site: 'http://wiki.intranet' })).toEqual(['a=1', 'a=1', 'a=1', 'a=1; Domain=other']);
    const own = ['a=1; Domain=a.example', 'a=1; Domain=.example'];
    expect(setCookies(own, { site: 'https://a.example' })).toEqual(own);
  });

  it('follow the address', () => {
    expect(setCookies(['a=1; Path=/base', 'a=1; Path=/base/x; Secure', 'a=1; Path=/'], { basePath: '/base' })).toEqual([
      'a=1; Path=/',
      'a=1; Path=/x; Secure',
      'a=1; Path=/',
    ]);
    expect(setCookies(['a=1; Path=/x', 'a=1; Path=/', 'a=1; Path=/api'], { prefix: '/api' })).toEqual([
      'a=1; Path=/api/x',
      'a=1; Path=/',
      'a=1; Path=/api',
    ]);
  });
});

describe('Clear-Site-Data', () => {
  const clear = async (value: string, path = '/app/account/logout', more: [string, string][] = []) => {
    const jar = new CookieJar();
    const url = `https://www.shop.example${path}`;
    const lines = [
      'sid=1; Path=/',
      'basket=1; Path=/app',
      'draft=1; Path=/app/account/',
      'wide=1; Domain=shop.example; Path=/',
      'wider=1; Domain=www.shop.example; Path=/app/',
      '__Host-csrf=1; Path=/; Secure',
      '__Secure-id=1; Path=/; Secure; Domain=shop.example',
      '__Host-postern=OURS; Path=/; Secure; HttpOnly',
      '__Host-postern-tx-0a=OURS; Path=/; Secure; HttpOnly',
    ];
    for (const line of lines) await jar.setCookie(line, url);
    const cookie = await jar.getCookieString(url);
    const headers = new Headers([['Clear-Site-Data', value], ...more]);
    const rewrite = compileResponseHeaders(config);
    rewrite({ status: 200, headers }, { addresses, isPersonal: true, sent: { url, headers: new Headers({ cookie }) } });
    for (const line of headers.getSetCookie()) await jar.setCookie(line, url);
    return { headers, left: (await jar.getCookieString(url)).split('; ').filter(Boolean).sort() };
  };
  const OURS = ['__Host-postern-tx-0a=OURS', '__Host-postern=OURS'];

  it.each<[string, string | null]>([
    ['"cookies"', null],
    ['"cache", "cookies", "storage"', '"cache", "storage"'],
    ['"cookies","executionContexts"', '"executionContexts"'],
    ['"*"', '"cache", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "storage"'],
    ['"cache", "*"', '"cache", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "storage"'],
  ])('%s takes every cookie of the application’s and none of the gateway’s', async (value, goesOn) => {
    const { headers, left } = await clear(value);
    expect(left).toEqual(OURS);
    expect(headers.get('clear-site-data')).toBe(goesOn);
    expect(headers.getSetCookie().join()).not.toMatch(/postern/i);
  });

  it.each(['"cache"', '"storage", "clientHints"', '"storage:inbox"'])('%s goes on as it is', async (value) => {
    const { headers, left } = await clear(value);
    expect([headers.get('clear-site-data'), headers.getSetCookie()]).toEqual([value, []]);
    expect(left).toHaveLength(9);
  });

  it.each(['cookies', '*', '"cookie"', '"Cookies"', '"all"', ''])(
    '%s, which nobody knows, does not go on',
    async (value) => {
      expect((await clear(value)).headers.get('clear-site-data')).toBeNull();
    },
  );

  it('what the same answer sets stays', async () => {
    const { left } = await clear('"cookies"', '/app/x', [
      ['Set-Cookie', 'sid=2; Path=/'],
      ['Set-Cookie', '__Host-postern=FORGED; Path=/; Secure'],
    ]);
    expect(left).toEqual([...OURS, 'sid=2']);
  });

  it('makes at most a hundred lines, and none that a path or a name could break', async () => {
    const rewrite = compileResponseHeaders(config);
    const cookie = Array.from({ length: 300 }, (_, index) => `c${index}=1`).join('; ');
    for (const [path, sent] of [
      ['/a;Domain=evil.example/b', 'a=1; b"ad=2; \u00e9=3; =4; 5'],
      [`/${'x/'.repeat(500)}`, cookie],
    ] as const) {
      const headers = new Headers({ 'Clear-Site-Data': '"cookies"' });
      const request = { url: `https://www.shop.example${path}`, headers: new Headers({ cookie: sent }) };
      rewrite({ status: 200, headers }, { addresses, isPersonal: true, sent: request });
      const lines = headers.getSetCookie();
      expect(lines.length).toBeLessThanOrEqual(100);
      for (const line of lines) {
        expect(line).toMatch(
          /^[^=;\s]+=; Max-Age=0; Path=\/[^;]*(; Domain=(www\.)?shop\.example)?; HttpOnly(; Secure)?$/,
        );
      }
    }
  });
});
