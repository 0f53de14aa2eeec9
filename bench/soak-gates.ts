// The doors that the gateway goes through to ZITADEL and KV: each passes requests on, or breaks them as the board says.

import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PATHS } from '../stand-in/discovery.ts';
import { type Answer, answerBroken, answerWhole, type FaultBoard, type Place } from './soak-faults.ts';

export interface Door {
  readonly port: number;
  /** Refuses connections, and drops those that there are. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function createDoor(server: Server): Promise<Door> {
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async shut() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    open: () => listen(port),
  };
}

interface GateOptions {
  /** Of loopback. */
  readonly targetPort: number;
  readonly board: FaultBoard;
  readonly placeOf: (request: IncomingMessage) => Place;
  /** Milliseconds after which a request that gets no answer loses its connection; else who asked has to give up. */
  readonly hangsFor?: number;
  /** Hears of answers that broke off, or came too late: what they say has been done, and nobody knows. */
  readonly onCutShort?: (place: Place, answer: Answer) => void;
}

export async function startGate({ targetPort, board, placeOf, hangsFor, onCutShort }: GateOptions): Promise<Door> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer(async (incoming, outgoing) => {
    const place = placeOf(incoming);
    const fault = board.meet(place);
    try {
      const work = async () => {
        const answer = await passOn(incoming, targetPort, agent);
        const isUnheard = fault === 'reset' || outgoing.destroyed;
        if (isUnheard) onCutShort?.(place, answer);
        return answer;
      };
      if (fault === 'time-out' && hangsFor !== undefined) setTimeout(() => outgoing.destroy(), hangsFor);
      if (fault === undefined) answerWhole(await work(), outgoing);
      else await answerBroken(fault, incoming, outgoing, work);
    } catch {
      // Who asked has gone, or what stands behind has been stopped.
      outgoing.destroy();
    }
  });
  const door = await createDoor(server);
  return {
    ...door,
    async shut() {
      await door.shut();
      agent.destroy();
    },
  };
}

async function passOn(incoming: IncomingMessage, port: number, agent: Agent): Promise<Answer> {
  const { method = 'GET', url = '/', headers } = incoming;
  const sent = await readAll(incoming);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent, method, path: url, headers }, (answer) => {
      const { statusCode: status = 0, headers: fields } = answer;
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...rest } = fields;
      readAll(answer).then((body) => resolve({ status, headers: rest, body }), reject);
    });
    outgoing.once('error', reject);
    outgoing.end(sent);
  });
}

export async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const ENDPOINTS: Readonly<Record<string, Place>> = {
  [PATHS.keys]: 'keys',
  [PATHS.token]: 'token',
  [PATHS.userinfo]: 'userinfo',
  [PATHS.introspection]: 'introspection',
  [PATHS.revocation]: 'revocation',
};

export function zitadelPlaceOf({ url = '' }: IncomingMessage): Place {
  return ENDPOINTS[url.split('?')[0] ?? ''] ?? 'ZITADEL';
}

export function kvPlaceOf({ method }: IncomingMessage): Place {
  return method === 'GET' ? 'KV read' : 'KV write';
}
