// Every host of the world is on this machine, for a browser that can't be told so otherwise. RFC 9110 §9.3.6 (CONNECT).

import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface LoopbackProxy {
  readonly address: string;
  close(): Promise<void>;
}

export async function startLoopbackProxy(): Promise<LoopbackProxy> {
  const server = createServer((_request, response) => response.writeHead(501).end());
  server.on('connect', ({ url = '' }, visitor) => {
    const upstream = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      visitor.write('HTTP/1.1 200 Connected\r\n\r\n');
      visitor.pipe(upstream).pipe(visitor);
    });
    upstream.on('error', () => visitor.destroy());
    visitor.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
