// Answers that go on, through the real runtime: event streams come event by event, in whatever coding, and end with the session.
// ARCHITECTURE §5 promise 4.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import {
  createBrotliCompress,
  createBrotliDecompress,
  createDeflate,
  createGunzip,
  createGzip,
  createInflate,
  createZstdCompress,
  createZstdDecompress,
  gzipSync,
} from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
afterEach(() => {
  gateway.control.answer = 'true';
});

describe('an event stream', () => {
  it('ends with the session', async () => {
    let isGone = false;
    application.serve = (request, response) => {
      request.on('close', () => (isGone = true));
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
    };
    const response = await fetch(gateway.url);
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n');
    gateway.control.answer = 'signed out';
    expect((await reader?.read())?.done).toBe(true);
    await expect.poll(() => isGone).toBe(true);
  });

  // The application sends no event before the one ahead of it has arrived: what waits for the end would wait for ever.
  describe.each(['EventSource', 'a page', 'anything'])('for %s', (who) => {
    const accept = { EventSource: 'text/event-stream', 'a page': 'text/html,*/*;q=0.8' }[who] ?? '*/*';

    it.each([
      ['gzip', createGzip, createGunzip],
      ['br', createBrotliCompress, createBrotliDecompress],
      ['deflate', createDeflate, createInflate],
      ['zstd', createZstdCompress, createZstdDecompress],
    ] as const)('comes event by event in %s', async (coding, pack, unpack) => {
      const packed = pack();
      const put = (count: number) => {
        packed.write(`data: ${count}\n\n`);
        packed.flush();
      };
      application.serve = (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': coding });
        packed.pipe(response);
        put(0);
      };
      const request = get(gateway.url, { headers: { accept, 'accept-encoding': coding } });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(response.headers['content-encoding']).toBe(coding);
      let text = '';
      for await (const piece of response.pipe(unpack())) {
        text += piece;
        const count = text.split('\n\n').length - 1;
        if (count === 5) break;
        put(count);
      }
      expect(text).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n');
      request.destroy();
    });
  });
});

/** What calls itself anything, and goes on. */
const KINDS = [
  'text/event-stream',
  'multipart/x-mixed-replace; boundary=b',
  'multipart/mixed; boundary=b',
  'application/x-ndjson',
  'application/jsonl',
  'application/json',
  'application/grpc-web+proto',
  'text/plain',
  'text/html',
  'application/octet-stream',
  'video/mp2t',
] as const;

describe('an answer that goes on', () => {
  // Without a session's rewriter in the way.
  let plain: Forwarding;
  beforeAll(async () => {
    plain = await startForwarding({}, application.port);
  });
  afterAll(() => plain.dispose());
  afterEach(() => {
    plain.control.answer = 'true';
  });

  const open = async (headers: Record<string, string>, pace = 50, status = 200) => {
    const left = Promise.withResolvers<void>();
    application.serve = (request, response) => {
      response.writeHead(status, headers).write('first;');
      const timer = pace > 0 ? setInterval(() => response.write('more;'), pace) : undefined;
      request.on('close', () => {
        clearInterval(timer);
        left.resolve();
      });
    };
    const response = await fetch(plain.url, { headers: { 'accept-encoding': 'identity' } });
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const ended = (async () => {
      while (!(await reader.read()).done);
      return 'ended';
    })().catch(() => 'broken off');
    return { response, ended, left: left.promise };
  };

  it('of whatever kind, silent or not, ends with the session; what says its length breaks off', async () => {
    const opened = [];
    for (const type of KINDS) {
      opened.push(['ended', await open({ 'Content-Type': type })] as const);
      opened.push(['ended', await open({ 'Content-Type': type }, 0)] as const);
      opened.push(['broken off', await open({ 'Content-Type': type, 'Content-Length': '100000' })] as const);
    }
    opened.push(['ended', await open({})] as const);
    for (const status of [206, 404, 503]) opened.push(['ended', await open({}, 50, status)] as const);
    // Looked at twice, and found good.
    await new Promise((resolve) => setTimeout(resolve, 1800));
    const states = await Promise.all(opened.map(([, { ended }]) => Promise.race([ended, 'open'])));
    expect(new Set(states)).toEqual(new Set(['open']));
    plain.control.answer = 'signed out';
    expect(await Promise.all(opened.map(([, { ended }]) => ended))).toEqual(opened.map(([how]) => how));
    await Promise.all(opened.map(([, { left }]) => left));
  });

  it('that is good arrives whole, with its length, however often it is looked at', async () => {
    const bytes = randomBytes(1 << 20);
    application.serve = (_, response) => {
      response.writeHead(206, {
        'Content-Length': String(bytes.length),
        'Content-Range': `bytes 0-${bytes.length - 1}/*`,
      });
      response.write(bytes.subarray(0, 1 << 19));
      setTimeout(() => response.end(bytes.subarray(1 << 19)), 2500);
    };
    const asked = plain.control.asked;
    const response = await fetch(plain.url, { headers: { range: 'bytes=0-' } });
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(plain.control.asked - asked).toBeGreaterThanOrEqual(2);
  });

  it.each(['GET', 'POST', 'GET with a body'])('that is compressed is passed on as it is, after a %s', async (what) => {
    const packed = gzipSync('as it was packed, and no other way', { level: 9 });
    application.serve = (_, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': String(packed.length) }).end(packed);
    const [method = ''] = what.split(' ');
    const body = what === 'GET' ? '' : 'body';
    const { text } = await plain.send(
      `${method} / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(packed.toString('latin1'));
    expect(text).toMatch(new RegExp(`^content-length: ${packed.length}$`, 'im'));
  });

  it('costs no question when it is short', async () => {
    application.serve = (_, response) => response.end('short');
    const asked = plain.control.asked;
    for (let index = 0; index < 20; index++) await (await fetch(plain.url)).text();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(plain.control.asked).toBe(asked);
  });

  it('that is rewritten can be read, packed or not', async () => {
    application.serve = (_, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' }).end(gzipSync('packed'));
    expect(await (await fetch(gateway.url)).text()).toBe('packed');
  });
});
