// Bytes and time through the real runtime: what goes upstream.

import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, OK } from './bytes-bed.ts';
import { type Forwarding, startForwarding } from './forwarding.ts';

let gateway: Forwarding;
beforeAll(async () => {
  gateway = await startForwarding();
});
afterAll(() => gateway.dispose());

const get = (path: string, fields = '') =>
  gateway.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`, 300);

describe('bytes to the upstream', () => {
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
    expect(head).toContain('Cookie: a=1; b=2');
  });

  it('RFC 9110 §5.5 bytes that are no UTF-8 arrive as they are, with commas and on two lines', async () => {
    const lines = [
      'X-File: caf\xe9, \xff',
      'X-Twice: \xe9',
      'X-Twice: \xe8',
      'Referer: http://other.example/\xe9',
      'Cookie: a=\xe9; b="\xff"',
    ];
    gateway.answer(OK);
    await get('/', lines.map((line) => `${line}\r\n`).join(''));
    expect(headOf(gateway.received())).toEqual(expect.arrayContaining(lines));
  });

  it('a cookie of such bytes stays behind where the gateway’s own has to be taken out, and no other comes in its place', async () => {
    gateway.answer(OK);
    await get('/', 'Cookie: a=1; theirs=\xe9; postern=SECRET; b="\xc3\xbc"\r\n');
    expect(headOf(gateway.received()).filter((line) => /^cookie:/i.test(line))).toEqual(['Cookie: a=1; b="\xc3\xbc"']);
  });

  it('RFC 9110 §6.5 a trailer goes no further than the edge, and takes nothing of the body with it', async () => {
    gateway.answer((socket, received) => received.endsWith('0\r\n\r\n') && OK(socket, received));
    const body = '3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n';
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect((await gateway.send(head + body, 300)).text).toContain('200 OK');
    expect(gateway.received()).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
    expect(gateway.received()).not.toMatch(/trailer|x-sum/i);
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
