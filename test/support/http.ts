// Sends a request as it stands: Node's own fetch would write Sec-Fetch-Mode itself and follow what it likes.

import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';

/** Loopback only; `localhost` and what is below it is 127.0.0.1, where the tests' servers listen. */
export async function sendHttp(request: Request): Promise<Response> {
  const { hostname, port, pathname, search, host } = new URL(request.url);
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: /(?:^|\.)localhost$/.test(hostname) ? '127.0.0.1' : hostname,
        port,
        path: pathname + search,
        method: request.method,
        headers: { ...Object.fromEntries(request.headers), host, ...(body && { 'content-length': body.length }) },
      },
      (incoming) => {
        const headers = new Headers();
        for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
          headers.append(incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '');
        }
        const status = incoming.statusCode ?? 0;
        const hasBody = request.method !== 'HEAD' && ![101, 204, 304].includes(status);
        if (!hasBody) incoming.resume();
        resolve(new Response(hasBody ? (Readable.toWeb(incoming) as ReadableStream) : null, { status, headers }));
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** The status of the answer to a target whose bytes no client would send; each character is a byte. */
export function sendRequestLine(
  origin: string,
  target: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const { port, host } = new URL(origin);
  const lines = Object.entries({ host, connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(`GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
    });
    socket.once('data', (bytes) => {
      resolve(Number(bytes.toString('latin1').split(' ', 2)[1]));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
