// Connections that stay open through the real runtime: WebSockets and event streams, and that both end with the session.
// Issue 6 "WebSockets"; design §5 promise 4. Also HTMLRewriter, which only the runtime has.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { type Forwarding, startForwarding } from './forwarding.ts';

let gateway: Forwarding;
let application: Server;
let accepted: { readonly socket: ServerSocket; readonly request: IncomingMessage }[] = [];
let serve: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => void response.end();

beforeAll(async () => {
  application = createServer((request, response) => serve(request, response));
  const sockets = new WebSocketServer({
    server: application,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
  sockets.on('connection', (socket, request) => {
    accepted.push({ socket, request });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  gateway = await startForwarding({ rewriteManifest: true }, (application.address() as AddressInfo).port);
});
afterAll(async () => {
  await gateway.dispose();
  application.closeAllConnections();
  application.close();
});
afterEach(() => {
  gateway.control.answer = 'true';
  accepted = [];
});

async function open(protocols: string[] = []) {
  const socket = new WebSocket(`ws://${gateway.url.host}/chat?x=1`, protocols);
  socket.binaryType = 'arraybuffer';
  const messages: unknown[] = [];
  let arrived = () => {};
  socket.addEventListener('message', ({ data }) => {
    messages.push(data);
    arrived();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const next = async () => {
    while (messages.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
    return messages.shift();
  };
  const server = accepted.at(-1)?.socket as ServerSocket;
  const serverClosed = new Promise<{ code: number; reason: string }>((resolve) => {
    server.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  return { socket, closed, next, server, serverClosed };
}

describe('a WebSocket', () => {
  it('knows who it is, its subprotocol, text and binary', async () => {
    const { socket, next } = await open(['v1', 'v2']);
    expect(socket.protocol).toBe('v2');
    expect(accepted[0]?.request.url).toBe('/chat?x=1');
    expect(accepted[0]?.request.headers).toMatchObject({
      'x-forwarded-user': 'ada',
      'x-forwarded-host': gateway.url.host,
    });
    socket.send('grüezi');
    expect(await next()).toBe('grüezi');
    socket.send(new Uint8Array([0, 255, 1]));
    expect(new Uint8Array((await next()) as ArrayBuffer)).toEqual(new Uint8Array([0, 255, 1]));
    socket.send('');
    expect(await next()).toBe('');
    socket.send('x'.repeat(900_000));
    expect(await next()).toHaveLength(900_000);
    socket.close();
  });

  it.each([
    [1000, 'bye'],
    [4007, 'own code'],
  ])('closed with %s by the application', async (code, reason) => {
    const { server, closed } = await open();
    server.close(code, reason);
    expect(await closed).toEqual({ code, reason });
  });

  it('closed by the visitor', async () => {
    const { socket, serverClosed, closed } = await open();
    socket.close(4008, 'enough');
    expect(await serverClosed).toEqual({ code: 4008, reason: 'enough' });
    expect(await closed).toEqual({ code: 4008, reason: 'enough' });
  });

  it('closed without a code, by each of them', async () => {
    const first = await open();
    first.server.close();
    expect((await first.closed).code).toBe(1005);
    const second = await open();
    second.socket.close();
    expect((await second.serverClosed).code).toBe(1005);
  });

  it('of an application that breaks down', async () => {
    const { server, closed } = await open();
    server.terminate();
    expect((await closed).code).toBe(1011);
  });

  it('is closed with 4401 when the session ends', async () => {
    const { socket, next, closed, serverClosed } = await open();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    socket.send('still here');
    expect(await next()).toBe('still here');
    gateway.control.answer = 'signed out';
    expect(await closed).toEqual({ code: 4401, reason: 'signed out' });
    expect((await serverClosed).code).toBe(1001);
  });

  it('that the application refuses is an answer like any other', async () => {
    const key = Buffer.from('0123456789abcdef').toString('base64');
    const refused = createServer((_, response) => response.writeHead(403).end('no'));
    refused.on('upgrade', (_, socket) => void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'));
    await new Promise<void>((resolve) => refused.listen(0, '127.0.0.1', resolve));
    const other = await startForwarding({}, (refused.address() as AddressInfo).port);
    const { text } = await other.send(
      `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1.1 403.*no$/s);
    await other.dispose();
    refused.close();
  });
});

describe('an event stream', () => {
  it('ends with the session', async () => {
    let isGone = false;
    serve = (request, response) => {
      request.on('close', () => (isGone = true));
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
    };
    const response = await fetch(gateway.url);
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n');
    gateway.control.answer = 'signed out';
    expect((await reader?.read())?.done).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isGone).toBe(true);
  });
});

describe('REWRITE_MANIFEST', () => {
  const page =
    '<!doctype html><link rel="icon" href=/i><link href="/m" REL=\'Manifest\' crossorigin=anonymous><p>ü</p>';
  const load = async (headers: Record<string, string>, init: RequestInit = {}) => {
    serve = (_, response) => response.writeHead(200, headers).end(page);
    const response = await fetch(gateway.url, init);
    return { headers: response.headers, text: await response.text() };
  };

  it('puts crossorigin on the link, and says that the bytes have changed', async () => {
    const { headers, text } = await load({
      'Content-Type': 'text/html; charset=utf-8',
      ETag: '"1"',
      'Accept-Ranges': 'bytes',
      'Content-Length': String(Buffer.byteLength(page)),
    });
    expect(text).toBe(page.replace('crossorigin=anonymous', 'crossorigin="use-credentials"'));
    expect([headers.get('etag'), headers.get('content-length'), headers.get('accept-ranges')]).toEqual([
      'W/"1"',
      null,
      null,
    ]);
  });

  it('leaves alone what is not HTML, and HEAD', async () => {
    expect((await load({ 'Content-Type': 'text/plain' })).text).toBe(page);
    const { headers } = await load({ 'Content-Type': 'text/html', 'Content-Length': '500' }, { method: 'HEAD' });
    expect(headers.get('content-length')).toBe('500');
  });
});
