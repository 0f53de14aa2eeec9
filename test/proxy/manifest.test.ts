// REWRITE_MANIFEST: which pages are rewritten, what is changed in them, and what is said of them afterwards.
// RFC 9110 §7.7, §8.8.1; HTML §13.2.5. Through the real runtime: test/e2e/proxy/streams.e2e.test.ts.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  askReadable,
  isRewritten,
  manifestStream,
  weakenHeaders,
  withManifest,
} from '../../src/proxy/response/manifest.ts';

const html = { 'Content-Type': 'text/html; charset=utf-8' };
const noTransform = { 'Cache-Control': 'max-age=1, No-Transform' };

/** The page in pieces of `size` bytes; Latin-1 text, a sign for each byte. */
async function passed(page: string, size = page.length || 1): Promise<string> {
  const bytes = Buffer.from(page, 'latin1');
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const stream = new ReadableStream<Uint8Array>({
    start(page) {
      for (const piece of pieces) page.enqueue(piece);
      page.close();
    },
  });
  return Buffer.from(await new Response(stream.pipeThrough(manifestStream())).arrayBuffer()).toString('latin1');
}

describe('the link to a manifest', () => {
  const has = 'crossorigin="use-credentials"';

  it.each([
    ['<link rel=manifest href=/m>', `<link rel=manifest href=/m ${has}>`],
    ['<LINK REL="icon Manifest" href="/m">', `<LINK REL="icon Manifest" href="/m" ${has}>`],
    ["<link\nhref='/m'\n rel = 'manifest' >", `<link\nhref='/m'\n rel = 'manifest' ${has}>`],
    ['<link rel="manifest" href="/m"/>', `<link rel="manifest" href="/m" ${has} />`],
    ['<link rel="manifest" href="/m" />', `<link rel="manifest" href="/m" ${has} />`],
    ['<link rel=manifest href=/m/>', `<link rel=manifest href=/m/ ${has}>`],
    ['<link crossorigin rel=manifest>', `<link ${has} rel=manifest>`],
    ['<link rel=manifest CrossOrigin = anonymous href=/m>', `<link rel=manifest ${has} href=/m>`],
    ["<link rel=manifest crossorigin=''>", `<link rel=manifest ${has}>`],
    ['<link title="a > b" rel=manifest>', `<link title="a > b" rel=manifest ${has}>`],
    [
      '<link rel=manifest title="\xe9\x80" href=/\xe9>\xff',
      `<link rel=manifest title="\xe9\x80" href=/\xe9 ${has}>\xff`,
    ],
    ['a < b <!-->x<link rel=manifest>', `a < b <!-->x<link rel=manifest ${has}>`],
    [
      '<!doctype html PUBLIC "-//W3C//DTD"><link rel=manifest>',
      `<!doctype html PUBLIC "-//W3C//DTD"><link rel=manifest ${has}>`,
    ],
    ['<p a"b>\'<link rel=manifest>', `<p a"b>'<link rel=manifest ${has}>`],
    [
      '<script>"<link rel=manifest>"</Script ><link rel=manifest>',
      `<script>"<link rel=manifest>"</Script ><link rel=manifest ${has}>`,
    ],
    [
      '<!-- <link rel=manifest> --><link rel=manifest><link rel=manifest>',
      `<!-- <link rel=manifest> --><link rel=manifest ${has}><link rel=manifest>`,
    ],
  ])('%s, in pieces of every size', async (page, expected) => {
    for (let size = 1; size <= page.length; size++) expect(await passed(page, size)).toBe(expected);
  });

  it.each([
    '',
    'no tag at all <',
    '<link rel=icon href=manifest>',
    '<link rel=manifestos>',
    '<linked rel=manifest>',
    '<a title="<link rel=manifest>" data-x=\'<link rel=manifest>\'>',
    '<iframe srcdoc="<link rel=\'manifest\'>"></iframe>',
    ...['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext', 'SCRIPT'].map(
      (name) => `<${name} a="b"><link rel=manifest></${name}>`,
    ),
    '<style>/*<link rel=manifest>*/',
    '<!-- <link rel=manifest>',
    '<link rel=manifest',
    '<link rel="manifest>',
    Buffer.from('\ufeff<link rel=manifest>', 'utf16le').toString('latin1'),
    Buffer.from('\ufeff<link rel=manifest>', 'utf16le').swap16().toString('latin1'),
    '\x1b$B<link%\x1b(B',
    '<select><xmp><script>a</script></xmp></select><table><svg><title><textarea>',
  ])('there is none, and nothing changes: %j', async (page) => {
    for (let size = 1; size <= page.length + 1; size++) expect(await passed(page, size)).toBe(page);
  });

  it('tags, comments and scripts of any length go by', async () => {
    const long = 'x"<\''.repeat(500_000);
    for (const page of [
      `<img src="data:${long}">`,
      `<link href="${long}" rel=manifest>`,
      `<!--${long}-->`,
      `<script>${long}</script>`,
      '<'.repeat(100_000),
      '<a '.repeat(50_000),
    ])
      for (const size of [page.length, 65_536]) expect((await passed(`${page}<p>`, size)) === `${page}<p>`).toBe(true);
  });
});

describe('which pages are rewritten', () => {
  it.each([
    ['GET', 200, html, true],
    ['GET', 200, { 'Content-Type': 'text/html' }, true],
    ['GET', 200, { 'Content-Type': 'text/html; charset=nonsense' }, true],
    ['GET', 200, { ...html, 'Content-Encoding': 'gzip' }, true],
    ['GET', 200, { ...html, 'Content-Encoding': 'br' }, false],
    ['GET', 200, { ...html, 'Content-Encoding': 'zstd' }, false],
    ['GET', 200, { ...html, 'Content-Encoding': 'gzip, gzip' }, false],
    ['GET', 200, { ...html, ...noTransform }, false],
    ['GET', 200, { ...html, 'Content-Encoding': 'gzip', 'Content-Length': '0' }, false],
    ['GET', 200, { 'Content-Type': 'text/html-like' }, false],
    ['GET', 200, {}, false],
    ['GET', 206, html, false],
    ['GET', 206, { 'Content-Type': 'multipart/byteranges; boundary=x' }, false],
    ['GET', 404, html, false],
    ['HEAD', 200, html, false],
    ['POST', 200, html, false],
  ])('%s %s %o: %s', (method, status, headers, expected) =>
    expect(isRewritten(method, new Response('x', { status, headers: headers as Record<string, string> }))).toBe(
      expected,
    ),
  );

  it('RFC 9110 §7.7 not where the visitor forbids it', () => {
    const asked = new Headers({ 'Cache-Control': 'no-transform' });
    expect(isRewritten('GET', new Response('x', { headers: html }), asked)).toBe(false);
  });
});

describe('what is said of pages', () => {
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

  const etagOf = (init: RequestInit, response: Response) =>
    withManifest(new Request('https://a.example/', init), response).headers.get('etag');

  it('RFC 9110 §9.3.2, §15.4.5 HEAD and 304 name the validator that the page has', () => {
    const of = (status: number, headers: HeadersInit) => new Response(null, { status, headers });
    const asking = { headers: { 'If-None-Match': '"0", W/"1"' } };
    expect(etagOf({ method: 'HEAD' }, of(200, { ...html, ETag: '"1"' }))).toBe('W/"1"');
    expect(etagOf(asking, of(304, { ETag: '"1"' }))).toBe('W/"1"');
    // Of what was not rewritten
    expect(etagOf({ method: 'HEAD' }, of(200, { ETag: '"1"' }))).toBe('"1"');
    expect(etagOf({ headers: { 'If-None-Match': '"1"' } }, of(304, { ETag: '"1"' }))).toBe('"1"');
    expect(etagOf(asking, of(304, {}))).toBe(null);
    expect(etagOf({}, of(206, { ...html, ETag: '"1"' }))).toBe('"1"');
  });

  it('a packed page goes out unpacked, its vary and status line as they were', async () => {
    const headers = { ...html, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' };
    const page = new Response(gzipSync('<link rel=manifest>'), { headers, statusText: 'Fine' });
    const answer = withManifest(new Request('https://a.example/'), page);
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary'), answer.statusText]).toEqual([
      null,
      'Accept-Encoding',
      'Fine',
    ]);
    expect(await answer.text()).toBe('<link rel=manifest crossorigin="use-credentials">');
  });

  it.each([
    ['GET', 'text/html,*/*;q=0.8', 'br, gzip', 'gzip'],
    ['GET', 'text/html', 'br', 'identity'],
    ['GET', 'text/event-stream', 'br, gzip', 'br, gzip'],
    ['GET', '*/*', 'br, gzip', 'br, gzip'],
    ['POST', 'text/html', 'br, gzip', 'br, gzip'],
    ['GET', 'text/html', undefined, null],
  ])('%s with Accept: %s and %s asks for %s', (method, accept, codings, expected) => {
    const headers = new Headers({ Accept: accept, ...(codings !== undefined && { 'Accept-Encoding': codings }) });
    askReadable(method, headers);
    expect(headers.get('accept-encoding')).toBe(expected);
  });
});
