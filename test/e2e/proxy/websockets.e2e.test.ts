// WebSockets through the real runtime: what goes through them, how they end, and that they end with the session.
// ARCHITECTURE §5 promise 4.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket as ServerSocket } from 'ws';
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
  application.accepted.length = 0;
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
  const server = application.accepted.at(-1)?.socket as ServerSocket;
  const serverClosed = new Promise<{ code: number; reason: string }>((resolve) => {
    server.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  return { socket, closed, next, server, serverClosed };
}

describe('a WebSocket', () => {
  it('knows who it is, its subprotocol, text and binary', async () => {
    const { socket, next } = await open(['v1', 'v2']);
    expect(socket.protocol).toBe('v2');
    expect(application.accepted[0]?.request.url).toBe('/chat?x=1');
    expect(application.accepted[0]?.request.headers).toMatchObject({
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
  ])('is closed with %s by the application', async (code, reason) => {
    const { server, closed } = await open();
    server.close(code, reason);
    expect(await closed).toEqual({ code, reason });
  });

  it('is closed by the visitor, with code and reason', async () => {
    const { socket, serverClosed, closed } = await open();
    socket.close(4008, 'enough');
    expect(await serverClosed).toEqual({ code: 4008, reason: 'enough' });
    expect(await closed).toEqual({ code: 4008, reason: 'enough' });
  });

  it('is closed without a code, by each of them', async () => {
    const first = await open();
    first.server.close();
    expect((await first.closed).code).toBe(1005);
    const second = await open();
    second.socket.close();
    expect((await second.serverClosed).code).toBe(1005);
  });

  it('of an application that breaks down is closed with 1011', async () => {
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
