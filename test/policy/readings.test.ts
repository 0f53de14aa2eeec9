// The readings of a path: which there are, which paths are nonsense, and that honest ones stay plain.
// ARCHITECTURE §1 One request, every reading.

import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../src/policy/readings.ts';

function readings(path: string): readonly string[] {
  const read = readingsOf(path);
  if (!read.ok) throw new Error(`${path}: ${read.reason}`);
  return read.readings;
}

function reason(path: string): string | undefined {
  const read = readingsOf(path);
  return read.ok ? undefined : read.reason;
}

describe('a plain path has one reading', () => {
  it.each([
    '/',
    '/admin/users/42',
    '/2026-08-30/12:30',
    '/user+tag@example.com',
    "/a.b-c_d~e!$&'()*,=:@",
    '/Report.PDF',
    '/.well-known/x',
    '/files/.env',
    '/a/..b/c',
  ])('%s', (path) => {
    expect(readings(path)).toEqual([path]);
  });
});

describe('ARCHITECTURE §1: honest paths are decoded once and have no other reading', () => {
  it.each([
    ['/a%20b', '/a b'],
    ['/k%C3%A4se', '/käse'],
    ['/%E6%97%A5%E6%9C%AC', '/日本'],
    ['/user%40example.com', '/user@example.com'],
    ['/100%25', '/100%'],
    ['/100%25efficient', '/100%efficient'],
    ['/50%25%20off', '/50% off'],
    ['/a%2Bb', '/a+b'],
  ])('%s', (path, decoded) => {
    expect(readings(path)).toEqual([decoded]);
  });
});

describe('ARCHITECTURE §1: each way of reading is a reading', () => {
  it.each([
    ['percent-decoded', '/%61dmin/x', '/admin/x'],
    ['decoded twice', '/%2561dmin/x', '/admin/x'],
    ['decoded until nothing changes', '/%25252525252561dmin', '/admin'],
    ['a slash in disguise', '/admin%2fx', '/admin/x'],
    ['slashes collapsed', '//admin///x', '/admin/x'],
    ['parameters removed', '/admin;jsessionid=1/x;y', '/admin/x'],
    ['encoded parameters removed', '/admin%3bv=1/x', '/admin/x'],
    ['dots resolved', '/x/../admin/./x', '/admin/x'],
    ['encoded dots resolved', '/x/%2e%2e%2fadmin/x', '/admin/x'],
    ['..; climbs as Java reads it', '/x/..;/admin/x', '/admin/x'],
    ['..;v=1 climbs, too', '/x/..%3bv=1/admin/x', '/admin/x'],
    ['backslashes turned', '/admin%5cx', '/admin/x'],
    ['backslashes turned before dots are resolved', '/x%5c..%5cadmin/x', '/admin/x'],
    ['trailing dots dropped', '/admin./x', '/admin/x'],
    ['trailing blanks dropped', '/admin%20/x', '/admin/x'],
    ['blanks beyond ASCII dropped', '/admin%C2%A0/x', '/admin/x'],
    ['dots and blanks mixed', '/admin.%20./x', '/admin/x'],
    ['.. with a blank climbs', '/x/..%20/admin/x', '/admin/x'],
    ['IIS: %u0061, once decoded', '/%25u0061dmin/x', '/admin/x'],
    ['dots resolved before slashes collapse', '/x//../admin/x', '/x/admin/x'],
    ['dots resolved after slashes collapse', '/x//../admin/x', '/admin/x'],
    ['parameters removed before decoding', '/admin;%2f/x', '/admin/x'],
    ['a literal percent hides nothing behind it', '/100%25/..%252f%2561dmin/x', '/admin/x'],
    ['bytes that are no UTF-8 hide nothing behind them', '/%25ff/..%252fadmin/x', '/admin/x'],
    ['cut at a decoded question mark', '/admin%3fx', '/admin'],
    ['cut at a decoded number sign', '/admin%23/x', '/admin'],
    ['cut there once it is decoded again', '/admin%253F/../x', '/admin'],
    ['cut at either, whatever comes first', '/a%23b%3fc', '/a#b'],
    ['everything at once', '/x%5c%252e%252e;v=1%2f%2561dmin.%20//x', '/admin/x'],
  ])('%s: %s', (_what, path, reading) => {
    expect(readings(path)).toContain(reading);
  });

  it('routers that split before they decode: an encoded slash stays in its segment', () => {
    expect(readings('/users/a%2fb/secret')).toEqual(['/users/a/b/secret', '/users/a%2Fb/secret']);
  });

  it('the first reading is the path decoded once, as most servers see it', () => {
    expect(readings('//x/..;/a%2fb/%2561')[0]).toBe('//x/..;/a/b/%61');
  });

  it('no reading comes twice', () => {
    const all = readings('/x%5c%252e%252e;v=1%2f%2561dmin.%20//x');
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('ARCHITECTURE §1: nonsense in any reading', () => {
  it.each([
    ['NUL', '/admin%00/x', 'control character'],
    ['NUL in the second reading', '/%2500', 'control character or overlong encoding'],
    ['NUL behind a literal percent', '/100%25/%2500', 'control character or overlong encoding'],
    ['a line break', '/a%0d%0ab', 'control character'],
    ['a tab', '/%09/x', 'control character'],
    ['DEL', '/%7f', 'control character'],
    ['a raw control character', '/a\u0001b', 'control character'],
    ['a percent without digits', '/%zz', 'broken percent-encoding'],
    ['a percent at the end', '/100%', 'broken percent-encoding'],
    ['half an encoding', '/a%4', 'broken percent-encoding'],
    ['%u0061 as sent', '/%u0061', 'broken percent-encoding'],
    ['bytes that are no UTF-8', '/caf%e9', 'broken percent-encoding'],
    ['half a character', '/%C3', 'broken percent-encoding'],
    ['an overlong slash', '/..%c0%af', 'broken percent-encoding'],
    ['an overlong slash in the second reading', '/..%25c0%25af', 'control character or overlong encoding'],
    ['an overlong dot in three bytes', '/%25e0%2580%25ae', 'control character or overlong encoding'],
    ['out of the root', '/../x', 'climbs out of the root'],
    ['out of the root, encoded', '/%2e%2e/x', 'climbs out of the root'],
    ['out of the root, encoded twice', '/%252e%252e/x', 'climbs out of the root'],
    ['out of the root with backslashes', '/a/..%5c..%5cx', 'climbs out of the root'],
    ['out of the root with parameters', '/a/..;/..;/x', 'climbs out of the root'],
    ['out of the root once slashes collapse', '/a//../../x', 'climbs out of the root'],
    ['no slash at the beginning', 'admin', 'no path'],
    ['no slash but at the end', 'admin/', 'no path'],
    ['nothing', '', 'no path'],
    ['a query', '/a?b', 'no path'],
    ['a fragment', '/a#b', 'no path'],
  ])('%s: %j', (_what, path, expected) => {
    expect(reason(path)).toBe(expected);
  });
});

describe('hostile paths are bounded', () => {
  it.each([
    ['an endless nest of encodings', `/%${'25'.repeat(4000)}41`],
    ['a short path that is read in too many ways', '/a;%252f%2520//b%255c.%253bx/%25252f;%25253b%2520.//'],
    ['fresh parameters at every level', '/a;b%3bc%253bd/e%252f..%25253b;//f.%2520/'.repeat(50)],
    ['8 KB of everything', `/${'x%25/%252e%2e;%3b\\%5c .%20//'.repeat(280)}`],
  ])('%s: too many readings', (_what, path) => {
    expect(reason(path)).toBe('too many readings');
  });

  it.each([
    ['8 KB of encoded umlauts', `/${'%C3%A4'.repeat(1365)}`],
    ['8 KB of encoded slashes', `/${'a%2Fb'.repeat(1638)}`],
    ['8 KB of folders with blanks and parameters', `/${'some%20folder;v=1/'.repeat(455)}x`],
    ['an encoding of an encoding, a hundred times', `/%${'25'.repeat(100)}41`],
    ['16 KB of parameters and double slashes', '/folder;v=1/'.repeat(1365)],
    ['7,500 bytes with a URL in it', `/proxy/${encodeURIComponent(`https://example.com/${'some/page/'.repeat(530)}`)}`],
    ['16 KB with a URL in it', `/proxy/${encodeURIComponent(`https://example.com/${'some-page/'.repeat(1350)}`)}`],
    ['a long URL as it is', `/proxy/https://example.com/${'some/page/'.repeat(1600)}`],
    [
      'a URL with a query and a fragment',
      `/proxy/${encodeURIComponent(`https://example.com/${'a/'.repeat(3000)}?b=c#d`)}`,
    ],
    [
      'a long URL in a URL in it',
      `/proxy/${encodeURIComponent(`https://example.com/?b=${encodeURIComponent(`http://x/${'some/page/'.repeat(480)}`)}`)}`,
    ],
    ['a URL in a path', '/proxy/https%3A%2F%2FExample.com%2Fa;b=c%2F%2Fd%20e%2525/'],
  ])('%s is still read', (_what, path) => {
    expect(reason(path)).toBeUndefined();
  });
});
