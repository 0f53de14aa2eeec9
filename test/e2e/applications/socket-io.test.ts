// A chat on socket.io behind the built gateway: long polling, WebSockets, people by header, and the end of a session.

import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { locationOf } from '../../support/browser.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';

describe('a chat on socket.io', () => {
  let httpServer: HttpServer;
  let chat: Server;
  let worker: RunningWorker;
  const clients: Socket[] = [];

  beforeAll(async () => {
    httpServer = createServer();
    chat = new Server(httpServer, { maxHttpBufferSize: 4e6 });
    chat.on('connection', (socket) => {
      const name = decodeURIComponent(String(socket.handshake.headers['x-forwarded-name'] ?? 'nobody'));
      socket.on('say', (words) => socket.broadcast.emit('said', name, words));
      socket.on('echo', (bytes, answer) => answer(bytes));
    });
    await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
    const { port } = httpServer.address() as AddressInfo;
    worker = await startWorker({ upstream: `http://127.0.0.1:${port}`, env: { REVOCATION_MAX_AGE: '1' } });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });
  afterAll(async () => {
    await worker?.stop();
    await chat?.close();
  });

  async function signIn(user: string) {
    const browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate('/'));
    await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user }));
    const cookie = [...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ');
    return { browser, headers: { Cookie: cookie, Origin: worker.origin } };
  }

  function connect(extraHeaders: Record<string, string>, transports: ('polling' | 'websocket')[]): Promise<Socket> {
    const client = io(worker.origin, { transports, extraHeaders, reconnection: false, forceNew: true });
    clients.push(client);
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client));
      client.once('connect_error', reject);
    });
  }

  const hears = (client: Socket) => new Promise((resolve) => client.once('said', (...said) => resolve(said)));

  it.each([
    ['long polling', ['polling']],
    ['WebSockets', ['websocket']],
    ['an upgrade from one to the other', ['polling', 'websocket']],
  ] as [string, ('polling' | 'websocket')[]][])(
    'two people talk over %s, each by their own name',
    async (_name, transports) => {
      const [ada, zoe] = [await signIn('admin'), await signIn('staff')];
      const [one, two] = [await connect(ada.headers, transports), await connect(zoe.headers, transports)];
      if (transports.length === 2) {
        await expect.poll(() => one.io.engine.transport.name, { timeout: 10_000 }).toBe('websocket');
      }
      const heard = hears(one);
      two.emit('say', 'Grüezi 王');
      expect(await heard).toEqual(['Zoë Kõiv-Straße 王', 'Grüezi 王']);
      const answered = hears(two);
      one.emit('say', 'hello');
      expect(await answered).toEqual(['Ada Moreau', 'hello']);
    },
  );

  it('binary messages of 2 MB arrive whole', async () => {
    const client = await connect((await signIn('user')).headers, ['websocket']);
    const bytes = Buffer.alloc(2_000_000, 7);
    const echoed = (await client.timeout(20_000).emitWithAck('echo', bytes)) as Buffer;
    expect(Buffer.compare(Buffer.from(echoed), bytes)).toBe(0);
  });

  it('is closed to whoever is not signed in, and to another site’s page', async () => {
    await expect(connect({ Origin: worker.origin }, ['websocket'])).rejects.toThrow();
    await expect(connect({ Origin: worker.origin }, ['polling'])).rejects.toThrow();
    const { headers } = await signIn('user');
    await expect(connect({ ...headers, Origin: 'https://evil.example' }, ['websocket'])).rejects.toThrow();
  });

  it('ends with the session', async () => {
    const { browser, headers } = await signIn('user');
    const client = await connect(headers, ['websocket']);
    const ended = new Promise<string>((resolve) => client.once('disconnect', resolve));
    await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(await ended).toMatch(/transport/);
  });
});
