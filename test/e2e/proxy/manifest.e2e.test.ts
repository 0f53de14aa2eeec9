// REWRITE_MANIFEST through the real runtime: it breaks no page, in whatever encoding and coding, and says what has become of it.
// RFC 9110 §7.7 (no-transform), §8.8.1, §14 (ranges).

import { once } from 'node:events';
import { get, type IncomingMessage, type RequestOptions } from 'node:http';
import { brotliCompressSync, createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, startApplication } from './application.ts';
import { type Forwarding, startForwarding } from './forwarding.ts';

let application: Application;
let gateway: Forwarding;
beforeAll(async () => {
  application = await startApplication();
  gateway = await startForwarding({ rewriteManifest: true }, application.port);
});
afterAll(async () => {
  await gateway.dispose();
  application.close();
});

const page =
  '<!doctype html><link rel="icon" href=/i><link href="/m" REL=\'Manifest\' crossorigin=anonymous><p>\xfc\x80';
const rewritten = page.replace('crossorigin=anonymous', 'crossorigin="use-credentials"');
const bytesOf = (text: string) => Buffer.from(text, 'latin1');
// No Accept-Encoding: what stands before the worker, as the edge does, would pack pages and unpack them as the client likes.
const asPage = { accept: 'text/html' };

async function open(options: RequestOptions = {}): Promise<IncomingMessage> {
  const request = get(gateway.url, { ...options, headers: { ...asPage, ...options.headers } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function load(
  fields: Record<string, string>,
  body: Buffer,
  { status = 200, ...options }: RequestOptions & { status?: number } = {},
) {
  application.serve = (_, response) => response.writeHead(status, fields).end(body);
  const response = await open(options);
  const text = Buffer.concat(await response.toArray()).toString('latin1');
  return { status: response.statusCode, fields: response.headers, text };
}

describe('REWRITE_MANIFEST', () => {
  it('puts crossorigin on the link, and says that the bytes have changed', async () => {
    const { fields, text } = await load(
      {
        'Content-Type': 'text/html; charset=utf-8',
        ETag: '"1"',
        'Accept-Ranges': 'bytes',
        'Content-Length': String(page.length),
      },
      bytesOf(page),
    );
    expect(text).toBe(rewritten);
    expect([fields.etag, fields['content-length'], fields['accept-ranges']]).toEqual(['W/"1"', undefined, undefined]);
  });

  it.each([
    '',
    ';',
    '; charset=',
    '; charset=nonsense',
    '; charset="utf-8"',
    "; charset='utf-8'",
    '; charset=iso-8859-1',
    '; charset=utf-16',
    '; charset=shift_jis',
    '; charset=iso-2022-jp',
    '; charset=utf-8; charset=x',
    '; charset=utf-7',
  ])('takes any charset, and none: text/html%s', async (charset) => {
    const { status, text } = await load({ 'Content-Type': `text/html${charset}` }, bytesOf(page));
    expect([status, text]).toEqual([200, rewritten]);
  });

  it.each(['UTF-16LE', 'UTF-16BE'])('leaves %s as it is', async (charset) => {
    const little = Buffer.from(`\ufeff${page}`, 'utf16le');
    const bytes = charset === 'UTF-16LE' ? little : little.swap16();
    for (const type of ['text/html', `text/html; charset=${charset}`])
      expect((await load({ 'Content-Type': type }, bytes)).text).toBe(bytes.toString('latin1'));
  });

  it.each([
    ['ambiguous', '<select><xmp><script>a</script></xmp></select><table><svg><title><textarea><p>after'],
    ['of one tag of 8 MB', `<link rel=icon href="data:${'x'.repeat(8e6)}"><p>after`],
    ['with a comment of 8 MB', `<!--${'x'.repeat(8e6)}--><p>after`],
  ])('a page that is %s arrives whole', async (_, markup) => {
    const { text } = await load({ 'Content-Type': 'text/html' }, bytesOf(markup));
    expect([text.length, text.endsWith('<p>after')]).toEqual([markup.length, true]);
  });

  it('gzip is unpacked; what the runtime can’t unpack goes by, although a page is never asked for in it', async () => {
    let asked: string | undefined;
    const html = { 'Content-Type': 'text/html' };
    const packed = await load({ ...html, 'Content-Encoding': 'gzip', ETag: '"1"' }, gzipSync(bytesOf(page)));
    expect([packed.text, packed.fields['content-encoding'], packed.fields.etag]).toEqual([
      rewritten,
      undefined,
      'W/"1"',
    ]);
    const bytes = brotliCompressSync(bytesOf(page));
    const other = await load({ ...html, 'Content-Encoding': 'br', ETag: '"1"' }, bytes);
    expect([other.text, other.fields['content-encoding'], other.fields.etag]).toEqual([
      bytes.toString('latin1'),
      'br',
      '"1"',
    ]);
    application.serve = (request, response) => {
      asked = request.headers['accept-encoding'];
      response.end();
    };
    await open();
    expect(asked).toBe('gzip');
  });

  it('an empty page stays empty, although it is called gzip', async () => {
    const { status, text } = await load({ 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }, Buffer.alloc(0));
    expect([status, text]).toEqual([200, '']);
  });

  it('RFC 9110 §7.7 no-transform leaves every byte, packed or not, whoever says it', async () => {
    const html = { 'Content-Type': 'text/html', ETag: '"1"' };
    const gzip = gzipSync(bytesOf(page), { level: 9 });
    for (const [bytes, coding] of [
      [bytesOf(page), {}],
      [gzip, { 'Content-Encoding': 'gzip' }],
    ] as const) {
      const length = { 'Content-Length': String(bytes.length) };
      const forbidden = await load(
        { ...html, ...coding, ...length, 'Cache-Control': 'max-age=5, no-transform' },
        bytes,
      );
      const declined = await load({ ...html, ...coding, ...length }, bytes, {
        headers: { 'cache-control': 'no-transform' },
      });
      for (const { text, fields } of [forbidden, declined])
        expect([text, fields.etag, fields['content-length']]).toEqual([
          bytes.toString('latin1'),
          '"1"',
          length['Content-Length'],
        ]);
    }
  });

  it('leaves alone what is not HTML, ranges, errors and HEAD', async () => {
    const html = { 'Content-Type': 'text/html' };
    expect((await load({ 'Content-Type': 'text/plain' }, bytesOf(page))).text).toBe(page);
    expect((await load(html, bytesOf(page), { status: 404 })).text).toBe(page);
    const part = {
      ...html,
      'Content-Range': `bytes 0-${page.length - 1}/500`,
      ETag: '"1"',
      'Content-Length': String(page.length),
    };
    const range = await load(part, bytesOf(page), { status: 206, headers: { range: 'bytes=0-' } });
    expect([range.text, range.fields.etag, range.fields['content-range']]).toEqual([
      page,
      '"1"',
      part['Content-Range'],
    ]);
    const head = await load({ ...html, 'Content-Length': '500', ETag: '"1"' }, bytesOf(''), { method: 'HEAD' });
    expect([head.fields['content-length'], head.fields.etag]).toEqual(['500', 'W/"1"']);
  });

  it.each(['identity', 'gzip'])('a page in %s comes as the application sends it, piece by piece', async (coding) => {
    let more = (_text: string) => {};
    application.serve = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': coding });
      const packed = createGzip();
      if (coding === 'gzip') packed.pipe(response);
      more = (text) => {
        if (coding === 'identity') return void response.write(text);
        packed.write(text);
        packed.flush();
      };
      more('<link rel=manifest href=/m>0;');
    };
    const response = await open();
    let text = '';
    for await (const piece of response) {
      text += piece;
      const count = text.split(';').length - 1;
      if (count === 4) break;
      if (count > 0) more(`${count};`);
    }
    expect(text).toBe('<link rel=manifest href=/m crossorigin="use-credentials">0;1;2;3;');
  });

  it('a page that is cut short does not look whole', async () => {
    application.serve = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).write('<link rel=manifest><p>half');
      setTimeout(() => response.destroy(), 50);
    };
    const { text, isClosed } = await gateway.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(text).toContain('use-credentials');
    expect([isClosed, text.endsWith('0\r\n\r\n')]).toEqual([true, false]);
  });
});
