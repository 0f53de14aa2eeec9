// Which pages are rewritten, and what is said of them afterwards. The rewriting itself is in test/e2e/proxy/.

import { describe, expect, it } from 'vitest';
import { isRewritten, weakenHeaders } from '../../src/proxy/response/manifest.ts';

const html = { 'Content-Type': 'text/html; charset=utf-8' };

describe('REWRITE_MANIFEST', () => {
  it.each([
    ['GET', 200, html, true],
    ['GET', 200, { ...html, 'Content-Encoding': 'gzip' }, true],
    ['GET', 200, { ...html, 'Content-Encoding': 'zstd' }, false],
    ['GET', 200, { 'Content-Type': 'text/html-like' }, false],
    ['GET', 200, {}, false],
    ['GET', 206, html, false],
    ['GET', 404, html, false],
    ['HEAD', 200, html, false],
    ['POST', 200, html, false],
  ])('%s %s %o: %s', (method, status, headers, expected) =>
    expect(isRewritten(method, new Response('x', { status, headers: headers as Record<string, string> }))).toBe(
      expected,
    ),
  );

  it('RFC 9110 §8.8.1 a page with other bytes has a weak validator and no length', () => {
    const headers = new Headers({ ...html, ETag: '"1"', 'Content-Length': '5', Digest: 'x' });
    weakenHeaders(headers);
    expect([headers.get('etag'), headers.has('content-length'), headers.has('digest')]).toEqual([
      'W/"1"',
      false,
      false,
    ]);
    const weak = new Headers({ ETag: 'W/"1"' });
    weakenHeaders(weak);
    expect(weak.get('etag')).toBe('W/"1"');
  });
});
