// An upstream that writes down every byte it is sent, answers each connection's requests with one plain 200, and parses nothing beyond
// the end of a head: what a smuggled request would look like is for the test to see.

import { createServer, type Socket } from 'node:net';

export interface RecordingUpstream {
  readonly origin: string;
  /** One entry per connection. */
  readonly connections: string[];
  close(): Promise<void>;
}

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';

/** Whether a request has come whole, as its own framing says. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  return !/\r\ntransfer-encoding:/i.test(head) || body.endsWith('0\r\n\r\n');
}

export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  const connections: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let index = -1;
    let isAnswered = false;
    socket.on('data', (data) => {
      // Connections that nothing is sent on are none.
      if (index < 0) index = connections.push('') - 1;
      connections[index] += data.toString('latin1');
      if (isAnswered || !isWhole(connections[index] ?? '')) return;
      isAnswered = true;
      socket.end(ANSWER);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
