// The built worker under any public origin, with a recording application and the stand-in for ZITADEL: the gateway as a black box.

import { existsSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { dirname } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { CookieJar } from 'tough-cookie';
import { SEED } from '../../../../stand-in/seed.ts';
import { createZitadel, type Zitadel, type ZitadelOptions } from '../../../../stand-in/zitadel.ts';
import { type Recorder, startRecorder } from './recorder.ts';

const SCRIPT = process.env.ACCEPTANCE_WORKER ?? 'dist/index.js';
export const ORIGIN = 'https://app.example.com';
export const SECRET = 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89';

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

export const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
};
export const SCRIPTED = {
  accept: '*/*',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'sec-fetch-site': 'same-origin',
};

export interface BlackBox {
  readonly origin: string;
  readonly zitadel: Zitadel;
  readonly application: Recorder;
  readonly logs: string[];
  /** A request as it stands: `target` is a path on the public origin, or an address on another one. */
  ask(target: string, ask?: Ask): Promise<Answer>;
  visitor(): Visitor;
  stop(): Promise<void>;
}

export interface BoxOptions {
  readonly origin?: string;
  /** The callback's path. */
  readonly callback?: string;
  /** Changes to the variables; `undefined` leaves one out. */
  readonly env?: Record<string, unknown>;
  readonly zitadel?: ZitadelOptions;
  /** Variables that need the application's or the provider's address. */
  readonly derive?: (at: { application: string; issuer: string }) => Record<string, unknown>;
}

/** Somebody with a browser: cookies kept, redirects followed one by one. */
export class Visitor {
  readonly jar = new CookieJar();
  readonly #box: BlackBox;

  constructor(box: BlackBox) {
    this.#box = box;
  }

  async ask(target: string, ask: Ask = {}): Promise<Answer> {
    const url = new URL(target, this.#box.origin).href;
    const cookie = await this.jar.getCookieString(url);
    const given = ask.headers?.cookie;
    const sent = [cookie, given].flat().filter(Boolean).join('; ');
    const answer = await this.#box.ask(target, {
      ...ask,
      headers: { ...ask.headers, ...(sent !== '' && { cookie: sent }) },
    });
    for (const line of answer.cookies) await this.jar.setCookie(line, url, { ignoreError: true });
    return answer;
  }

  go(target: string, ask: Ask = {}): Promise<Answer> {
    return this.ask(target, { ...ask, headers: { ...NAVIGATION, ...ask.headers } });
  }

  fetch(target: string, ask: Ask = {}): Promise<Answer> {
    return this.ask(target, { ...ask, headers: { ...SCRIPTED, ...ask.headers } });
  }

  /** From a protected page over ZITADEL to the callback; the callback's answer. */
  async signIn(user = 'user', at: { path?: string; mfa?: boolean; cancel?: boolean } = {}): Promise<Answer> {
    const { path = '/start', ...rest } = at;
    const toProvider = await this.go(path);
    if (toProvider.status !== 302) {
      throw new Error(`${path} is answered ${toProvider.status}: ${this.#box.logs.slice(-2).join(' ')}`);
    }
    const callback = await this.#box.zitadel.signIn({ authorizeUrl: addressOf(toProvider), user, ...rest });
    return this.go(callback, { headers: { 'sec-fetch-site': 'cross-site' } });
  }

  async cookies(): Promise<Map<string, string>> {
    return new Map((await this.jar.getCookies(this.#box.origin)).map(({ key, value }) => [key, value]));
  }
}

export function addressOf(answer: Answer): string {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`no redirect: ${answer.status} ${answer.text}`);
  return location;
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

export async function openBox(options: BoxOptions = {}): Promise<BlackBox> {
  if (!existsSync(SCRIPT)) throw new Error(`${SCRIPT} is missing: npm run build`);
  const { origin = ORIGIN, callback = '/auth/callback' } = options;
  const folder = callback.replace(/\/[^/]*$/, '');
  const zitadel = createZitadel({ backChannelRetryDelays: [], ...options.zitadel });
  const provider = await zitadel.listen();
  const application = await startRecorder();
  zitadel.webApplication.redirectUris = [origin + callback];
  zitadel.webApplication.postLogoutRedirectUris = [`${origin}${folder}/logout/callback`];
  const variables = {
    UPSTREAM_URL: application.origin,
    ZITADEL_DOMAIN: provider.origin,
    ZITADEL_CLIENT_ID: SEED.webClientId,
    ZITADEL_PROJECT_ID: SEED.projectId,
    ZITADEL_CALLBACK_URL: origin + callback,
    SESSION_SECRET: SECRET,
    ...options.env,
    ...options.derive?.({ application: application.origin, issuer: provider.origin }),
  };
  const bindings = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
  const logs: string[] = [];
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      handleStructuredLogs: (log) => void logs.push(log.message),
      modules: true,
      scriptPath: SCRIPT,
      modulesRoot: dirname(SCRIPT),
      compatibilityDate: '2026-07-30',
      bindings: bindings as Record<string, string>,
      kvNamespaces: ['SESSIONS'],
      durableObjects: { USER_SESSIONS: { className: 'UserSessions', useSQLite: true } },
    }),
  );
  const port = Number((await miniflare.ready).port);
  const box: BlackBox = {
    origin,
    zitadel,
    application,
    logs,
    ask: (target, ask = {}) => send(port, /^https?:/.test(target) ? target : origin + target, ask),
    visitor: () => new Visitor(box),
    async stop() {
      await miniflare.dispose();
      zitadel.close();
      await provider.close();
      await application.close();
    },
  };
  return box;
}
