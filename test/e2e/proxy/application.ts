// An application behind the forwarding worker: answers as a test says, and sends back what comes through a WebSocket.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';

export interface Application {
  readonly port: number;
  serve: (request: IncomingMessage, response: ServerResponse) => void;
  /** WebSockets, in the order of their arrival. */
  readonly accepted: { readonly socket: ServerSocket; readonly request: IncomingMessage }[];
  close(): void;
}

export async function startApplication(): Promise<Application> {
  const server = createServer((request, response) => application.serve(request, response));
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered].at(-1) ?? false });
  sockets.on('connection', (socket, request) => {
    application.accepted.push({ socket, request });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const application: Application = {
    port: (server.address() as AddressInfo).port,
    serve: (_, response) => void response.end(),
    accepted: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return application;
}
