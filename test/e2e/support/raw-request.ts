// Bytes on a socket, and the statuses that come back; for what no HTTP client would send.

import { connect } from 'node:net';

/** Milliseconds: for a first answer, and for another one after it. */
const PATIENCE = 3_000;
const AFTERWARDS = 150;

/** The statuses of every response on the connection. */
export function sendRaw(origin: string, bytes: string): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    const statuses = () => [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(statuses());
    };
    const wait = (milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(finish, milliseconds);
    };
    wait(PATIENCE);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      wait((statuses().at(-1) ?? 0) < 200 ? PATIENCE : AFTERWARDS);
    });
    socket.on('error', () => undefined);
    socket.on('close', finish);
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}
