// Answers of an upstream, byte by byte.

import type { Behaviour } from './forwarding.ts';

export const respond =
  (head: string, body: string | Buffer = ''): Behaviour =>
  (socket) => {
    socket.write(`HTTP/1.1 ${head}\r\n\r\n`, 'latin1');
    socket.write(body);
  };
export const OK = respond('200 OK\r\nContent-Length: 2', 'ok');
export const headOf = (text: string) => text.split('\r\n\r\n')[0]?.split('\r\n') ?? [];
