// The stand-in behind node:http.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionReset } from './faults.ts';

export interface Listening {
  origin: string;
  close(): Promise<void>;
}

type Handler = (request: Request) => Promise<Response>;

const MOST_BYTES = 1024 * 1024;

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new ConnectionReset();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function toRequest(incoming: IncomingMessage, origin: string, signal: AbortSignal): Promise<Request> {
  const { method = 'GET', url = '/', headers } = incoming;
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const item of [value ?? []].flat()) given.append(name, item);
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? new Uint8Array(await readBody(incoming)) : null;
  const host = headers.host ? `http://${headers.host}` : origin;
  return new Request(new URL(url, host), { method, headers: given, body, signal });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  outgoing.writeHead(response.status, headers);
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

export async function listen(handler: Handler, port: number, host: string): Promise<Listening> {
  let origin = '';
  const server = createServer(async (incoming, outgoing) => {
    const aborter = new AbortController();
    outgoing.on('close', () => aborter.abort());
    try {
      await send(await handler(await toRequest(incoming, origin, aborter.signal)), outgoing);
    } catch (cause) {
      if (!(cause instanceof ConnectionReset) && !aborter.signal.aborted) console.error(cause);
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
