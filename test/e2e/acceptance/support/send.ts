// One request over a socket of its own, with exactly these headers, and its answer.

import { request as httpRequest } from 'node:http';

export type Fields = Readonly<Record<string, string | readonly string[]>>;

export interface Ask {
  readonly method?: string;
  readonly headers?: Fields;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly cookies: readonly string[];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reaches into JSON of any shape.
  json(): any;
}

/** Miniflare takes the address that the visitor used from this header, and keeps it from the worker. */
const VISITED = 'mf-original-url';

export function send(port: number, url: string, { method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(url);
    const outgoing = httpRequest({ host: '127.0.0.1', port, path: '/', method, agent: false });
    const fields: Fields = { [VISITED]: url, ...headers };
    outgoing.setHeader('host', host);
    for (const [name, value] of Object.entries(fields)) outgoing.setHeader(name, value as string | string[]);
    if (body !== undefined) outgoing.setHeader('content-length', Buffer.byteLength(body));
    outgoing.once('error', reject);
    outgoing.once('upgrade', (incoming, socket) => {
      socket.destroy();
      resolve(toAnswer(incoming.statusCode ?? 0, incoming.rawHeaders, ''));
    });
    outgoing.once('response', async (incoming) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      resolve(toAnswer(incoming.statusCode ?? 0, incoming.rawHeaders, Buffer.concat(chunks).toString()));
    });
    outgoing.end(body);
  });
}

function toAnswer(status: number, rawHeaders: readonly string[], text: string): Answer {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return { status, headers, cookies: headers.getSetCookie(), text, json: () => JSON.parse(text) };
}
