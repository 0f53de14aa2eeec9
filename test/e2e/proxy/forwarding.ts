// Starts the forwarding worker in Miniflare before an upstream that is a bare TCP server, and speaks to it byte by byte.
// What an HTTP client would not send or show is the point of these tests.

import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

/** Called when a request's head is there, and again with each chunk after it. */
export type Behaviour = (socket: Socket, received: string) => void;

export interface Forwarding {
  readonly url: URL;
  /** The origin of the upstream. */
  readonly upstream: string;
  /** Latin-1 text of all that the upstream has received since `answer`. */
  readonly received: () => string;
  readonly answer: (behaviour: Behaviour) => void;
  /** Sends the bytes and returns all that came back until the connection was closed or fell silent. */
  readonly send: (bytes: string, silence?: number) => Promise<{ readonly text: string; readonly isClosed: boolean }>;
  readonly control: { answer: string; asked: number };
  readonly dispose: () => Promise<void>;
}

const listen = async (server: Server | ReturnType<typeof createHttpServer>): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

export async function startForwarding(config: object = {}, upstreamPort?: number): Promise<Forwarding> {
  const control = { answer: 'true', asked: 0 };
  const controlServer = createHttpServer((_, response) => {
    control.asked++;
    response.end(control.answer);
  });
  let behaviour: Behaviour = () => {};
  let received = '';
  const upstream = createServer((socket) => {
    let seen = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      received += text;
      seen += text;
      if (seen.includes('\r\n\r\n')) behaviour(socket, seen);
    });
  });
  const port = upstreamPort ?? (await listen(upstream));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      name: 'self',
      modules: true,
      script: await bundle(),
      compatibilityDate: '2026-07-30',
      serviceBindings: { SELF: 'self', UPSTREAM: { external: { address: `127.0.0.1:${port}`, http: {} } } },
      bindings: {
        CONTROL: `http://127.0.0.1:${await listen(controlServer)}`,
        CONFIG: {
          upstream: { origin: `http://127.0.0.1:${port}`, basePath: '' },
          redirect_uri: 'http://localhost/auth/callback',
          client_id: '1',
          isSecure: false,
          securityHeaders: {},
          upstreamSecrets: [],
          namedSecrets: {},
          revocationMaxAge: 1,
          rewriteManifest: false,
          ...config,
        },
      },
    }),
  );
  const url = await miniflare.ready;
  return {
    url,
    upstream: `http://127.0.0.1:${port}`,
    control,
    received: () => received,
    answer: (next) => {
      behaviour = next;
      received = '';
    },
    send: (bytes, silence = 700) => exchangeBytes(url, bytes, silence),
    dispose: async () => {
      await miniflare.dispose();
      upstream.close();
      controlServer.close();
    },
  };
}

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('worker.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
  });
  return outputFiles[0]?.text ?? '';
}

function exchangeBytes(url: URL, bytes: string, silence: number): Promise<{ text: string; isClosed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    let text = '';
    const finish = (isClosed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, isClosed });
    };
    let timer = setTimeout(() => finish(false), 5 * silence);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => finish(false), silence);
    });
    socket.on('close', () => finish(true));
    socket.on('error', () => {});
    socket.write(bytes, 'latin1');
  });
}
