// The application behind the gateway during a soak: it shows each request what arrived of it, and breaks when the board says so.
// Whatever may never reach an application (ARCHITECTURE §4) is a violation here.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { type Answer, answerBroken, answerWhole, type FaultBoard } from './soak-faults.ts';
import { createDoor, type Door, readAll } from './soak-gates.ts';

/** Sent with every answer of the application's own, broken ones excepted. */
export const APPLICATION = 'x-application';
export const GATEWAY_SECRET = 'soak-soak-soak-3f9a1c7e5b2d4860917a6e';
/** Bytes of a large answer. */
export const LARGE = 1024 * 1024;

/** What the application saw of a request. */
export interface Seen {
  readonly user?: string;
  readonly url: string;
  readonly method: string;
  readonly bytes: number;
  readonly digest: string;
  readonly hasToken: boolean;
}

const PADDING = 'All work and no play. '.repeat(40);

export async function startUpstream(
  board: FaultBoard,
  complain: (what: string, detail: string) => void,
): Promise<Door> {
  const server = createServer((incoming, outgoing) => {
    inspect(incoming, complain);
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, incoming) => {
    inspect(incoming, complain);
    socket.send(String(incoming.headers['x-forwarded-user']));
    socket.on('message', (data) => socket.send(data));
    socket.on('error', () => socket.terminate());
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = board.meet('upstream');
    const work = async () => describe(incoming, await readAll(incoming));
    if (fault !== undefined) return answerBroken(fault, incoming, outgoing, work);
    if (incoming.url?.startsWith('/events')) return streamEvents(incoming, outgoing);
    if (incoming.url?.startsWith('/stream')) return stream(await work(), outgoing);
    return answerWhole(await work(), outgoing);
  }

  const door = await createDoor(server);
  return {
    ...door,
    shut() {
      for (const socket of sockets.clients) socket.terminate();
      return door.shut();
    },
  };
}

function inspect({ headers, url = '' }: IncomingMessage, complain: (what: string, detail: string) => void): void {
  const user = headers['x-forwarded-user'];
  const where = url.split('?')[0] ?? '';
  if (headers['x-gateway-secret'] !== GATEWAY_SECRET && headers['user-agent'] !== undefined)
    complain('a request without the gateway’s secret', where);
  if (headers.cookie?.includes('postern')) complain('a cookie of the gateway’s reached the application', where);
  if (headers['x-forged'] !== undefined) {
    const names = ['remote-user', 'x-forwarded-email', 'x-forwarded-groups', 'x-auth-request-user'];
    const forged = [...names, 'x_forwarded_user'].filter((name) => String(headers[name] ?? '').includes('forged'));
    if (forged.length > 0 || user === 'forged') complain('a forged identity reached the application', forged.join());
  }
  const assertion = headers['x-identity-assertion'];
  if (typeof assertion !== 'string') {
    if (user !== undefined) complain('a user without an assertion', where);
    return;
  }
  const [, claims = ''] = assertion.split('.');
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub?: string };
  if (sub !== user) complain('an assertion of another user', where);
}

function describe({ headers, url = '/', method = 'GET' }: IncomingMessage, body: Buffer): Answer {
  const user = headers['x-forwarded-user'];
  const seen: Seen = {
    ...(typeof user === 'string' && { user }),
    url,
    method,
    bytes: body.length,
    digest: createHash('sha256').update(body).digest('hex'),
    hasToken: headers.authorization !== undefined,
  };
  const text = url.startsWith('/large')
    ? JSON.stringify({ ...seen, padding: 'x'.repeat(LARGE) })
    : JSON.stringify({ ...seen, padding: PADDING });
  return {
    status: 200,
    headers: {
      [APPLICATION]: 'yes',
      'Content-Type': 'application/json',
      'Cache-Control': 'max-age=60',
      'Set-Cookie': 'visits=7; Path=/; HttpOnly; SameSite=Lax',
    },
    body: Buffer.from(text),
  };
}

/** In pieces, without saying how long it will be. */
async function stream({ status, headers, body }: Answer, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(status, { ...headers });
  for (let at = 0; at < body.length && !outgoing.destroyed; at += 100) {
    outgoing.write(body.subarray(at, at + 100));
    await sleep(5);
  }
  outgoing.end();
}

/** Never ends by itself. */
async function streamEvents({ headers }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200, { [APPLICATION]: 'yes', 'Content-Type': 'text/event-stream' });
  while (!outgoing.destroyed) {
    outgoing.write(`data: ${headers['x-forwarded-user']}\n\n`);
    await sleep(1_000);
  }
}
