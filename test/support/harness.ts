// The whole gateway in process: the app, its objects and KV in memory, the stand-in for ZITADEL, an upstream, and one clock.

import { type LoadedConfig, loadConfig, loadDeployedConfig } from '../../src/config/load.ts';
import { compileConfigs } from '../../src/config/resolve-sites.ts';
import { createStoredSites, fixedSites, type SitesSource } from '../../src/config/stored-sites.ts';
import {
  type Bindings,
  createGateway,
  createIssuer,
  createShared,
  type Gateway,
  type Runtime,
} from '../../src/gateway.ts';
import type { NoteEvent, RequestEvent } from '../../src/observability/request-event.ts';
import { compileSiteParts, createSiteApps, serveSites } from '../../src/sites.ts';
import { createUserObjects } from '../../src/user-object/create.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createZitadel, type Zitadel, type ZitadelOptions } from '../../stand-in/zitadel.ts';
import { locationOf, TestBrowser } from './browser.ts';
import { type Clock, MemoryKv, MemoryObjects } from './stores.ts';

export const ORIGIN = 'https://app.example.com';
export const ISSUER = 'https://zitadel.test';
export const UPSTREAM = 'https://upstream.internal';
export const SECRET = 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89';
export const OTHER_SECRET = '0d1c2b3a49586776859403122130f4e5d6c7b8a9f0e1d2c3b4a5968778695a4b';

type Upstream = (request: Request) => Response | Promise<Response>;

export interface HarnessOptions {
  readonly env?: Record<string, unknown>;
  readonly zitadel?: ZitadelOptions;
  readonly upstream?: Upstream;
  readonly startAt?: number;
  readonly providerDeadline?: number;
  readonly loginDeadline?: number;
  /** Holds the list of sites, as the namespace CONFIGURATION does. */
  readonly configuration?: Pick<KVNamespace, 'get'>;
}

type LoadedSites = Pick<LoadedConfig & { ok: true }, 'config' | 'sites'>;

export interface App {
  fetch(request: Request): Response | Promise<Response>;
  request(input: string | Request, init?: RequestInit): Response | Promise<Response>;
}

export interface Harness {
  readonly clock: Clock;
  readonly zitadel: Zitadel;
  readonly kv: MemoryKv;
  readonly objects: MemoryObjects;
  readonly events: (RequestEvent | NoteEvent)[];
  readonly app: App;
  /** Of the first site. */
  readonly gateway: Gateway;
  readonly sites: LoadedSites;
  /** Another gateway on the same stores, of the site that a host is of. */
  gatewayAt(host: string): Gateway;
  /** Requests the upstream has received. */
  readonly received: Request[];
  /** Another isolate on the same stores, with the configuration changed in part. */
  isolate(env?: Record<string, unknown>): App;
  browser(app?: App): TestBrowser;
  /** Goes to `path`, signs in at ZITADEL, and comes back; the answer of the last redirect's target. */
  signIn(browser: TestBrowser, user: string, path?: string, options?: { mfa?: boolean }): Promise<Response>;
  /** Turns the clock and lets everything that is due happen. */
  advance(seconds: number): Promise<void>;
  /** Waits for everything that goes on behind the answers. */
  settle(): Promise<void>;
}

/** An upstream that says what it received. */
export function echo(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  return Response.json({
    method: request.method,
    path: pathname + search,
    headers: Object.fromEntries(request.headers),
  });
}

export function createHarness(options: HarnessOptions = {}): Harness {
  const clock: Clock = { now: options.startAt ?? 1_790_000_000 };
  const events: (RequestEvent | NoteEvent)[] = [];
  const received: Request[] = [];
  const tasks = new Set<Promise<unknown>>();
  const upstream = options.upstream ?? echo;
  const kv = new MemoryKv(clock);
  let deliver: (request: Request) => Promise<Response>;
  const zitadel = createZitadel({
    issuer: ISSUER,
    now: () => clock.now,
    fetch: (request: Request) => deliver(request),
    ...options.zitadel,
  });
  zitadel.webApplication.redirectUris = [`${ORIGIN}/auth/callback`];
  zitadel.webApplication.postLogoutRedirectUris = [`${ORIGIN}/auth/logout/callback`];
  zitadel.webApplication.backChannelLogoutUri = `${ORIGIN}/auth/backchannel-logout`;

  const runtime: Runtime = {
    now: () => clock.now,
    emit: (event) => events.push(event),
    waitUntil: (task) => {
      tasks.add(task);
      task.then(
        () => tasks.delete(task),
        () => tasks.delete(task),
      );
    },
    fetch: async (input, init) => {
      const request = new Request(input as Request, init as RequestInit);
      if (new URL(request.url).origin === zitadel.issuer) return zitadel.fetch(request);
      received.push(request.clone() as Request);
      return upstream(request);
    },
    ...(options.providerDeadline !== undefined && { providerDeadline: options.providerDeadline }),
    ...(options.loginDeadline !== undefined && { loginDeadline: options.loginDeadline }),
  };

  const environment = (changes: Record<string, unknown> = {}) => ({
    UPSTREAM_URL: UPSTREAM,
    ZITADEL_DOMAIN: ISSUER,
    ZITADEL_CLIENT_ID: SEED.webClientId,
    ZITADEL_PROJECT_ID: SEED.projectId,
    ZITADEL_CALLBACK_URL: `${ORIGIN}/auth/callback`,
    SESSION_SECRET: SECRET,
    ...options.env,
    ...changes,
  });

  const STORES = { SESSIONS: kv, USER_SESSIONS: { idFromName() {}, get() {} } };
  const configure = (changes?: Record<string, unknown>) => {
    const result = loadConfig({ ...environment(changes), ...STORES });
    if (!result.ok) throw new Error(JSON.stringify(result.issues, null, 2));
    return result;
  };

  const sourceOf = (result: ReturnType<typeof configure>, changes?: Record<string, unknown>): SitesSource => {
    const { configuration: store } = options;
    if (!store) return fixedSites(result);
    const load = (sites: string) => loadDeployedConfig({ ...environment(changes), ...STORES }, {}, sites);
    return createStoredSites({ ofVariables: result, load, kv: store, ...runtime });
  };

  let objectConfig = configure();
  let objectSource = sourceOf(objectConfig);
  const wireObjects = () =>
    createUserObjects({
      sessionSecrets: objectConfig.config.sessionSecrets,
      partsOf: compileSiteParts(objectSource, runtime, createIssuer(objectConfig.config, runtime)),
      kv: kv as unknown as KVNamespace,
      ...runtime,
    });
  let createUserObject = wireObjects();
  const objects = new MemoryObjects(clock, (storage) => createUserObject(storage));

  const bindings = { SESSIONS: kv } as unknown as Bindings;
  const isolate = (changes?: Record<string, unknown>) => {
    const config = configure(changes);
    if (changes) {
      objectConfig = config;
      objectSource = sourceOf(config, changes);
      createUserObject = wireObjects();
      objects.evict();
    }
    const shared = createShared(config.config, runtime, (name) => objects.open(name));
    const { first, fetch: answer } = serveSites(config, bindings, runtime, shared);
    const fetch = options.configuration ? createSiteApps(sourceOf(config, changes), bindings, runtime, shared) : answer;
    const app: App = { fetch, request: (input, init) => fetch(new Request(input, init)) };
    const gatewayAt = (host: string) => createGateway(compileConfigs(config)(host).config, bindings, runtime, shared);
    return { first, app, sites: config, gatewayAt };
  };
  const { app, first: gateway, sites, gatewayAt } = isolate();
  deliver = async (request) => app.fetch(request);

  const settle = async () => {
    do {
      await Promise.allSettled(tasks);
      await zitadel.backChannel.settled?.();
      await objects.runAlarms();
    } while (tasks.size > 0);
  };

  const harness: Harness = {
    clock,
    zitadel,
    kv,
    objects,
    events,
    app,
    gateway,
    sites,
    gatewayAt,
    received,
    isolate: (changes) => isolate(changes ?? {}).app,
    browser: (on = app) => new TestBrowser(async (request) => on.fetch(request), ORIGIN),
    async signIn(browser, user, path = '/', { mfa = false } = {}) {
      const toProvider = await browser.navigate(path);
      const callbackUrl = await zitadel.signIn({ authorizeUrl: locationOf(toProvider), user, mfa });
      const back = await browser.navigate(callbackUrl, { headers: { 'sec-fetch-site': 'cross-site' } });
      if (back.status !== 302) return back;
      return browser.navigate(locationOf(back));
    },
    async advance(seconds) {
      clock.now += seconds;
      await settle();
    },
    settle,
  };
  return harness;
}
