// An application that writes down what it is sent, every name and byte as it came, and answers what a test tells it to.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  /** The request target's bytes. */
  readonly target: string;
  /** Names as they were spelt, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The value under a name in any case; several joined by a comma. */
  header(name: string): string | undefined;
}

export type Answering = (received: Received, response: ServerResponse) => void;

export interface Recorder {
  readonly origin: string;
  readonly received: Received[];
  /** What the next requests are answered; 200 and `ok` unless told. */
  answer: Answering;
  last(): Received;
  close(): Promise<void>;
}

async function record(incoming: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const fields: [string, string][] = [];
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    fields.push([incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '']);
  }
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    fields,
    body: Buffer.concat(chunks).toString('latin1'),
    header: (name) => {
      const values = fields.filter(([given]) => given.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
      return values.length > 0 ? values.join(', ') : undefined;
    },
  };
}

export const plainly: Answering = (_received, response) => void response.end('ok');

export async function startRecorder(): Promise<Recorder> {
  const recorder = { received: [] as Received[], answer: plainly };
  const server = createServer(async (incoming, response) => {
    const received = await record(incoming);
    recorder.received.push(received);
    recorder.answer(received, response);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket) => {
    void record(incoming).then((received) => recorder.received.push(received));
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(recorder, {
    origin,
    last: () => {
      const last = recorder.received.at(-1);
      if (!last) throw new Error('the application received nothing');
      return last;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
