// The built worker under any public origin, with a recording application and the stand-in for ZITADEL: the gateway as a black box.

import { existsSync } from 'node:fs';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { CookieJar } from 'tough-cookie';
import { workerModules } from '../../../../cli/support/worker-modules.ts';
import { SEED } from '../../../../stand-in/seed.ts';
import { createZitadel, type Zitadel, type ZitadelOptions } from '../../../../stand-in/zitadel.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { type Answer, type Ask, send } from './send.ts';

const SCRIPT = process.env.ACCEPTANCE_WORKER ?? 'dist/index.js';
export const ORIGIN = 'https://app.example.com';
export const SECRET = 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89';
export const UPSTREAM_SECRET = '5de81c40b7a9f3266e0d17c5a8b94f20d36e7c1b88a5f094';
export const NEXT_UPSTREAM_SECRET = '93f0b6a2e85d7c141f6ea0d9c3b8275640ad1e9fb27c6385';

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
      ...workerModules(SCRIPT),
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

export const isSignedIn = async (visitor: Visitor) => (await visitor.fetch('/auth/userinfo')).status === 200;
