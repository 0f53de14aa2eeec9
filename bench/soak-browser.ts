// A browser as far as a soak needs one: keep-alive connections, cookies of one origin, answers timed and read to their end.

import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { BROWSER_HEADERS } from './stage.ts';

/** Milliseconds; longer than any answer may take (ARCHITECTURE §3), the upstream's time included. */
const PATIENCE = 25_000;
/** Milliseconds after which an unused connection is given up, before the worker does. */
const IDLE = 3_000;
const CLOSED = ['ECONNRESET', 'EPIPE'];

export interface Exchanged {
  readonly method: string;
  readonly path: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The connection broke before the answer was whole. */
  readonly isBroken: boolean;
  /** Milliseconds of `performance.now()`. */
  readonly from: number;
  readonly to: number;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Milliseconds after which the asker hangs up. */
  readonly hangUpAfter?: number;
}

interface Outcome {
  readonly exchanged: Exchanged;
  /**
   * A connection that had been used before went without an answer: whoever is first, server or browser, may close an idle one at any time,
   * and browsers ask again (RFC 9112 §9.3.1).
   */
  readonly wasClosed: boolean;
}

export interface Client {
  readonly port: number;
  send(path: string, asked?: Asked): Promise<Exchanged>;
  close(): void;
}

export function createClient(port: number, record: (exchanged: Exchanged) => void): Client {
  const agent = new Agent({ keepAlive: true, timeout: IDLE });

  function once(path: string, { method = 'GET', headers = {}, body, hangUpAfter }: Asked): Promise<Outcome> {
    const from = performance.now();
    return new Promise((resolve) => {
      let status = 0;
      let received: IncomingHttpHeaders = {};
      const chunks: Buffer[] = [];
      let timer: NodeJS.Timeout | undefined;
      const finish = (isBroken: boolean, code = '') => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString();
        const exchanged = {
          method,
          path,
          status,
          headers: received,
          body: text,
          isBroken,
          from,
          to: performance.now(),
        };
        resolve({ exchanged, wasClosed: outgoing.reusedSocket && status === 0 && CLOSED.includes(code) });
      };
      const outgoing = httpRequest(
        {
          host: '127.0.0.1',
          port,
          agent,
          method,
          path,
          headers: {
            Host: `localhost:${port}`,
            ...headers,
            ...(body && { 'Content-Length': Buffer.byteLength(body) }),
          },
        },
        (incoming) => {
          status = incoming.statusCode ?? 0;
          received = incoming.headers;
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('end', () => finish(false));
          incoming.once('error', () => finish(true));
        },
      );
      outgoing.once('error', ({ code }: NodeJS.ErrnoException) => finish(true, code));
      timer = setTimeout(() => outgoing.destroy(new Error('hung up')), hangUpAfter ?? PATIENCE);
      outgoing.end(body);
    });
  }

  return {
    port,
    async send(path, asked = {}) {
      let { exchanged, wasClosed } = await once(path, asked);
      if (asked.hangUpAfter !== undefined) return exchanged;
      // The next connection may be an idle one that was closed, too. A new one can't be, so this ends.
      while (wasClosed) ({ exchanged, wasClosed } = await once(path, asked));
      record(exchanged);
      return exchanged;
    },
    close: () => agent.destroy(),
  };
}

const SCRIPT_HEADERS = {
  'User-Agent': BROWSER_HEADERS['User-Agent'],
  Accept: '*/*',
  'Sec-Fetch-Dest': 'empty',
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Site': 'same-origin',
};

export class Browser {
  cookies = new Map<string, string>();
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Somebody goes to a page. */
  navigate(path: string, asked: Asked = {}): Promise<Exchanged> {
    return this.#send(path, asked, BROWSER_HEADERS);
  }

  /** A script of our own pages fetches. */
  fetch(path: string, asked: Asked = {}): Promise<Exchanged> {
    return this.#send(path, asked, SCRIPT_HEADERS);
  }

  /** A form of our own pages is sent. */
  post(path: string, body: string, type = 'application/x-www-form-urlencoded'): Promise<Exchanged> {
    const headers = { Origin: `http://localhost:${this.#client.port}`, 'Content-Type': type };
    return this.navigate(path, { method: 'POST', body, headers });
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async #send(path: string, asked: Asked, own: Readonly<Record<string, string>>): Promise<Exchanged> {
    const cookie = this.cookieHeader;
    const headers = { ...own, ...(cookie && { Cookie: cookie }), ...asked.headers };
    const exchanged = await this.#client.send(path, { ...asked, headers });
    for (const line of exchanged.headers['set-cookie'] ?? []) this.#store(line);
    return exchanged;
  }

  #store(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/;\s*max-age=0\b/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The path behind the origin, of a redirect to our own site. */
export function pathOf(location: string | undefined): string {
  const { pathname, search } = new URL(location ?? '/', 'http://localhost');
  return pathname + search;
}
