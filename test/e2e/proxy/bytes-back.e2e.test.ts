// Bytes and time through the real runtime: what comes back, and what a cut connection looks like.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, OK, respond } from './bytes-bed.ts';
import { type Behaviour, type Forwarding, startForwarding } from './forwarding.ts';

let gateway: Forwarding;
beforeAll(async () => {
  gateway = await startForwarding();
});
afterAll(() => gateway.dispose());

const get = (path: string, fields = '') =>
  gateway.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`, 300);

describe('bytes back to the visitor', () => {
  it.each([103, 100])('a %s before the answer does no harm', async (status) => {
    gateway.answer(respond(`${status} Early\r\nLink: </a>`, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    expect((await get('/')).text).toMatch(/^HTTP\/1.1 200 OK.*ok$/s);
  });

  it('RFC 9110 §6.5 a trailer goes no further than the gateway, and takes nothing of the body with it', async () => {
    const body = '2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n';
    gateway.answer(respond('200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked', body));
    const { text } = await get('/', 'TE: trailers\r\n');
    expect(text).toMatch(/\r\n\r\n2\r\nok\r\n0\r\n\r\n$/);
    expect(text).not.toMatch(/trailer|x-sum/i);
  });

  it('RFC 9110 §5.5 bytes that are no UTF-8 arrive as they are', async () => {
    const lines = [
      'Location: /caf\xe9?\xff',
      'Content-Location: http://other.example/\xe9',
      'Content-Disposition: attachment; filename="caf\xe9, \xff.txt"',
      'Link: </\xe9>; title="\xe9"',
      'ETag: "\xe9"',
      'X-Any: \xc3\xa9 \xe9',
      'Set-Cookie: a=\xe9; Path=/',
      'Set-Cookie: b=\xff',
    ];
    gateway.answer(respond(`302 Found\r\n${lines.join('\r\n')}\r\nContent-Length: 0`));
    expect(headOf((await get('/')).text)).toEqual(expect.arrayContaining(lines));
  });

  it('where such a field would have to be written anew it is left out, and a redirect is refused', async () => {
    const at = gateway.upstream;
    const lines = [
      `Content-Location: ${at}/\xe9`,
      `Link: <${at}/>; title="\xe9"`,
      'Set-Cookie: a=\xe9',
      'Set-Cookie: postern=evil',
      'Set-Cookie: c=3',
    ];
    gateway.answer(respond(`201 Created\r\nLocation: ${at}/\xe9\r\n${lines.join('\r\n')}\r\nContent-Length: 2`, 'ok'));
    const { text } = await get('/');
    expect(text).toMatch(/^HTTP\/1.1 201 .*ok$/s);
    expect(headOf(text).filter((line) => /^(location|content-location|link|set-cookie)/i.test(line))).toEqual([
      'Set-Cookie: c=3',
      'Set-Cookie: postern=renewed',
    ]);
    const { promise: letGo, resolve } = Promise.withResolvers<void>();
    gateway.answer((socket) => {
      socket.once('close', () => resolve());
      socket.write(`HTTP/1.1 302 Found\r\nLocation: ${at}/\xe9\r\nContent-Length: 500\r\n\r\n`, 'latin1');
    });
    expect((await get('/')).text).toMatch(/^HTTP\/1\.1 502 [\s\S]*\r\nupstream_unreachable$/);
    await letGo;
  });

  it('an encoded body comes as it is, with its length', async () => {
    const packed = gzipSync('hello hello hello');
    for (const path of ['/', '/public']) {
      gateway.answer(respond(`200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}`, packed));
      const { text } = await get(path);
      expect(text.endsWith(packed.toString('latin1'))).toBe(true);
      expect(headOf(text)).toContain(`Content-Length: ${packed.length}`);
    }
    gateway.answer(respond('200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 5', 'hello'));
    expect((await get('/')).text).toMatch(/Content-Encoding: zstd.*\r\n\r\nhello$/s);
  });

  it('HEAD, 204, 304 and ranges keep their form', async () => {
    gateway.answer(respond('200 OK\r\nContent-Length: 500\r\nETag: "x"'));
    const head = await gateway.send('HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n', 300);
    expect(headOf(head.text)).toEqual(expect.arrayContaining(['HTTP/1.1 200 OK', 'Content-Length: 500', 'ETag: "x"']));
    expect(head.text.endsWith('\r\n\r\n')).toBe(true);
    gateway.answer(respond('204 No Content'));
    expect(headOf((await get('/')).text)[0]).toBe('HTTP/1.1 204 No Content');
    gateway.answer(respond('304 Not Modified\r\nETag: "x"'));
    expect(headOf((await get('/', 'If-None-Match: "x"\r\n')).text)).toContain('ETag: "x"');
    expect(gateway.received()).toContain('If-None-Match: "x"');
    gateway.answer(respond('206 Partial Content\r\nContent-Range: bytes 1-2/9\r\nContent-Length: 2', 'bc'));
    expect((await get('/', 'Range: bytes=1-2\r\n')).text).toMatch(/^HTTP\/1.1 206.*Content-Range: bytes 1-2\/9.*bc$/s);
    expect(gateway.received()).toContain('Range: bytes=1-2');
  });

  it('many cookies stay apart', async () => {
    gateway.answer(
      respond(
        '200 OK\r\nSet-Cookie: a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT\r\nSet-Cookie: postern=evil\r\nSet-Cookie: b=2\r\nContent-Length: 0',
      ),
    );
    expect(headOf((await get('/')).text).filter((line) => /^set-cookie/i.test(line))).toEqual([
      'Set-Cookie: a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT',
      'Set-Cookie: b=2',
      'Set-Cookie: postern=renewed',
    ]);
  });

  it.each([
    ['by its length', 'Content-Length: 50', 'hello'],
    ['by chunks', 'Transfer-Encoding: chunked', '5\r\nhello\r\n'],
    ['an event stream', 'Content-Type: text/event-stream\r\nTransfer-Encoding: chunked', '5\r\nhello\r\n'],
  ])('a response that is cut short does not look whole (%s)', async (_, field, body) => {
    gateway.answer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n${body}`);
      setTimeout(() => socket.destroy(), 100);
    });
    const { text, isClosed } = await get('/');
    expect(text).toContain('hello');
    expect([isClosed, text.endsWith('0\r\n\r\n')]).toEqual([true, false]);
  });

  it('events come one by one', async () => {
    gateway.answer((socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata1\r\n',
      );
      setTimeout(() => socket.write('5\r\ndata2\r\n'), 400);
    });
    const response = await fetch(gateway.url);
    const reader = response.body?.getReader();
    const started = performance.now();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data1');
    expect(performance.now() - started).toBeLessThan(300);
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data2');
    await reader?.cancel();
  });
});

describe('failures of the upstream', () => {
  it('silence is a time-out, and the upstream is let go', async () => {
    const { promise: letGo, resolve } = Promise.withResolvers<void>();
    gateway.answer((socket) => void socket.once('close', () => resolve()));
    expect((await gateway.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 900)).text).toContain('upstream_timeout');
    await letGo;
  });

  it('loss and nonsense are an unreachable upstream', async () => {
    for (const behaviour of [
      (socket) => socket.destroy(),
      respond('999 Foo\r\nContent-Length: 0'),
      (socket) => void socket.end('garbage\r\n\r\n'),
    ] satisfies Behaviour[]) {
      gateway.answer(behaviour);
      const { text } = await get('/');
      expect(text).toMatch(/upstream_unreachable$/);
      expect(text).not.toMatch(/reference|internal error/);
    }
  });

  it('a GET whose connection was lost is sent once more, a POST never', async () => {
    gateway.answer((socket, received) =>
      gateway.received().match(/^GET /gm)?.length === 1 ? void socket.destroy() : OK(socket, received),
    );
    expect((await get('/')).text).toContain('200 OK');
    gateway.answer((socket) => void socket.destroy());
    expect((await gateway.send('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n', 300)).text).toMatch(
      /upstream_unreachable$/,
    );
    expect(gateway.received().match(/^POST /gm)).toHaveLength(1);
  });

  it('an upstream that is the gateway itself is a loop', async () => {
    expect((await get('/loop')).text).toMatch(/^HTTP\/1\.1 502 [\s\S]*\r\nupstream_loop\r\n/);
  });
});
