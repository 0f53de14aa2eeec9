// Bytes and time through the real runtime: what goes upstream, what comes back, and what a cut connection looks like.
// Issue 6 "Bytes and time", "Raw-socket tests".

import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, type Forwarding, startForwarding } from './forwarding.ts';

let gateway: Forwarding;
beforeAll(async () => {
  gateway = await startForwarding();
});
afterAll(() => gateway.dispose());

const respond =
  (head: string, body: string | Buffer = ''): Behaviour =>
  (socket) => {
    socket.write(`HTTP/1.1 ${head}\r\n\r\n`);
    socket.write(body);
  };
const OK = respond('200 OK\r\nContent-Length: 2', 'ok');
const get = (path: string, fields = '') =>
  gateway.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`, 300);
const headOf = (text: string) => text.split('\r\n\r\n')[0]?.split('\r\n') ?? [];

describe('to the upstream', () => {
  it.each(["/a'b%27%2F//c;x=1/[x]?x=%27&e=%zz", '/x?', '//evil.example/x', '/%C3%A9%00?a=b?c'])(
    '%s goes byte for byte',
    async (path) => {
      gateway.answer(OK);
      await get(path);
      expect(headOf(gateway.received())[0]).toBe(`GET ${path} HTTP/1.1`);
    },
  );

  it('forged and hop-by-hop fields stay behind', async () => {
    gateway.answer(OK);
    await get(
      '/',
      'X-Forwarded-User: evil\r\nX_Forwarded_User: evil\r\nX.Remote.User: evil\r\nConnection: X-Forwarded-User, X-Hop\r\nX-Hop: evil\r\nTE: trailers\r\nCookie: a=1\r\nCookie: postern=SECRET\r\n',
    );
    const head = headOf(gateway.received());
    expect(gateway.received()).not.toMatch(/evil|SECRET/);
    expect(head).toContain('X-Forwarded-User: ada');
    expect(head.filter((line) => /^(cookie|te|x-forwarded-host):/i.test(line))).toEqual([
      'Cookie: a=1',
      'X-Forwarded-Host: localhost',
    ]);
  });

  it('what came on two lines is judged as one value and goes up as one line', async () => {
    gateway.answer(OK);
    const lines = 'Cookie: a=1\r\nCookie: b=2\r\nX-Twice: 1\r\nX-Twice: \r\nOrigin: http://a\r\nOrigin: http://b';
    await gateway.send(`GET / HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n\r\n`, 300);
    const head = gateway.received().split('\r\n');
    for (const name of ['cookie', 'x-twice', 'origin'])
      expect(head.filter((line) => line.toLowerCase().startsWith(`${name}:`))).toHaveLength(1);
  });

  it('a GET may have a body', async () => {
    gateway.answer((socket, received) => received.endsWith('abc') && OK(socket, received));
    const answer = await gateway.send('GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc', 300);
    expect(answer.text).toContain('200 OK');
    expect(gateway.received()).toMatch(/^GET .*Content-Length: 3\r\n.*\r\n\r\nabc$/s);
  });

  it('Expect is answered at the edge, a length stays a length, and chunks stay chunks', async () => {
    gateway.answer((socket, received) => received.includes('abc') && OK(socket, received));
    const sized = await gateway.send(
      'POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
      300,
    );
    expect(sized.text).toContain('200 OK');
    expect(gateway.received()).toMatch(/Content-Length: 3\r\n/);
    expect(gateway.received()).not.toMatch(/expect:/i);
    gateway.answer((socket, received) => received.endsWith('0\r\n\r\n') && OK(socket, received));
    const chunked = await gateway.send(
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      300,
    );
    expect(chunked.text).toContain('200 OK');
    expect(gateway.received()).toMatch(/Transfer-Encoding: chunked\r\n.*\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/s);
  });

  it('a long upload keeps its length and may take its time', async () => {
    gateway.answer((socket, received) => received.endsWith('the end') && OK(socket, received));
    const parts = [...Array<string>(5).fill('x'.repeat(50_000)), 'the end'];
    const length = parts.join('').length;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = request(gateway.url, { method: 'POST', headers: { 'Content-Length': length } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      upload.on('error', reject);
      // Longer than the 2 s that the upstream has for its first byte.
      const timer = setInterval(() => {
        upload.write(parts.shift());
        if (parts.length > 0) return;
        clearInterval(timer);
        upload.end();
      }, 500);
    });
    expect(status).toBe(200);
    expect(gateway.received()).toContain(`Content-Length: ${length}\r\n`);
  });

  it('a repeated length, tricks with Transfer-Encoding and the like never become a second request', async () => {
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const tricks = [
      'Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc',
      `Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      `Transfer-Encoding: xchunked\r\nContent-Length: ${smuggled.length}\r\n\r\n`,
      `Transfer_Encoding: chunked\r\nContent-Length: ${smuggled.length}\r\n\r\n`,
      `Content_Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n`,
    ];
    for (const trick of tricks) {
      gateway.answer(OK);
      const { text } = await gateway.send(`POST /first HTTP/1.1\r\nHost: localhost\r\n${trick}${smuggled}`, 200);
      expect(text).not.toMatch(/^HTTP\/1.1 5/);
      for (const request of gateway.received().split('POST /first').slice(1)) {
        expect(request.toLowerCase()).not.toMatch(/(transfer_encoding|content_length)/);
      }
    }
  });
});

describe('back to the visitor', () => {
  it.each([103, 100])('a %s before the answer does no harm', async (status) => {
    gateway.answer(respond(`${status} Early\r\nLink: </a>`, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    expect((await get('/')).text).toMatch(/^HTTP\/1.1 200 OK.*ok$/s);
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

describe('failures', () => {
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
