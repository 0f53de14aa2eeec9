// Load on one server: a few connections that stay open, each with its next request as soon as it has its answer; bounded in time.
// A loop of its own over plain sockets: a full HTTP client would take more of the two processors than what is measured.

import { connect, type Socket } from 'node:net';

export interface Load {
  readonly port: number;
  readonly path: string;
  /** Name and value, as they are sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Milliseconds. */
  readonly duration: number;
}

export interface Outcome {
  readonly requests: number;
  /** Milliseconds it took all in all. */
  readonly took: number;
  /** Milliseconds for each request, in order of size. */
  readonly latencies: Float64Array;
}

/** @throws where an answer is not 200 */
export async function putLoad(load: Load): Promise<Outcome> {
  const request = requestOf(load);
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + load.duration;
  await Promise.all(Array.from({ length: load.connections }, () => keepAsking(load.port, request, until, latencies)));
  return {
    requests: latencies.length,
    took: performance.now() - started,
    latencies: Float64Array.from(latencies).sort(),
  };
}

export function percentile({ latencies }: Outcome, share: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
}

/** One request on a connection of its own: how long it took in milliseconds. */
export async function askOnce(load: Omit<Load, 'connections' | 'duration'>): Promise<number> {
  const latencies: number[] = [];
  await keepAsking(load.port, requestOf(load), 0, latencies);
  return latencies[0] ?? Number.NaN;
}

function requestOf({ path, port, headers }: Pick<Load, 'path' | 'port' | 'headers'>): Buffer {
  const fields = Object.entries({ Host: `localhost:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`, 'latin1');
}

function keepAsking(port: number, request: Buffer, until: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let asked = 0;
    let received: Buffer | undefined;
    const ask = () => {
      asked = performance.now();
      socket.write(request);
    };
    socket.once('connect', ask);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.on('data', (chunk: Buffer) => {
      const answer = received ? Buffer.concat([received, chunk]) : chunk;
      received = answer;
      if (!isWhole(answer)) return;
      const now = performance.now();
      latencies.push(now - asked);
      if (answer.toString('latin1', 9, 12) !== '200') reject(new Error(answer.toString('latin1', 0, 2000)));
      received = undefined;
      if (now < until) return ask();
      resolve();
      socket.destroy();
    });
  });
}

function isWhole(received: Buffer): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const head = received.toString('latin1', 0, end);
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  return length === undefined
    ? received.toString('latin1', received.length - 5) === '0\r\n\r\n'
    : received.length >= end + 4 + Number(length);
}
