// The stand-in for ZITADEL, put together: a fetch handler, a server, and what tests turn while it runs.

import {
  type ApplicationKeyFile,
  createApplicationKey,
  createServiceAccountKey,
  type ServiceAccountKeyFile,
} from './application-key.ts';
import { type BackChannel, createBackChannel, type Fetch } from './back-channel.ts';
import { type Calls, createCalls } from './calls.ts';
import { createFaults, type Faults } from './faults.ts';
import { createIds } from './ids.ts';
import {
  DEFAULT_LIFETIMES,
  DEFAULT_SETTINGS,
  type Instance,
  type InstanceSettings,
  type Lifetimes,
} from './instance.ts';
import { createWebKeys, type SigningAlgorithm, type WebKeys } from './keys.ts';
import { createManagement, type Management } from './management.ts';
import { createPersonalAccessToken, type MintOptions, mintAccessToken } from './minting.ts';
import { createOpaqueTokens } from './opaque-token.ts';
import { createProjections } from './projections.ts';
import { createRouter } from './router.ts';
import { SEED, seedStore } from './seed.ts';
import { type Listening, listen } from './server.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { type SignInOptions, signIn } from './sign-in.ts';
import { type Application, createStore, type Project, type Store } from './store.ts';
import type { Tamper } from './tamper.ts';

export interface ZitadelOptions {
  /** Its origin. Without one: `https://zitadel.test` in process, and the origin it listens on once it does. */
  issuer?: string;
  /** More origins of the same instance, each its own issuer. */
  customDomains?: string[];
  /** Seconds since 1970. */
  now?: () => number;
  settings?: Partial<InstanceSettings>;
  lifetimes?: Partial<Lifetimes>;
  signingAlgorithm?: SigningAlgorithm;
  /** Makes signing keys for this instance alone, so that it can play a foreign provider. */
  ownKeys?: boolean;
  /** Carries back-channel logout. */
  fetch?: Fetch;
  /** Milliseconds between its attempts, of which there is one more. */
  backChannelRetryDelays?: number[];
}

export interface Zitadel extends Management {
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  listen(port?: number, host?: string): Promise<Listening>;
  /** Ends requests that hang. */
  close(): void;
  readonly issuer: string;
  readonly store: Store;
  readonly settings: InstanceSettings;
  readonly lifetimes: Lifetimes;
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly tamper: Tamper;
  readonly calls: Calls;
  readonly backChannel: BackChannel;
  readonly webKeys: WebKeys;
  /** The seeded ones, for switches: `zitadel.webApplication.accessTokenType = 'JWT'`. */
  readonly webApplication: Application;
  readonly apiApplication: Application;
  readonly project: Project;
  signIn(options: SignInOptions): Promise<string>;
  rotateKeys(algorithm?: SigningAlgorithm): Promise<void>;
  createApplicationKey(applicationId: string, expiresAt?: number): Promise<ApplicationKeyFile>;
  createServiceAccountKey(userId: string, expiresAt?: number): Promise<ServiceAccountKeyFile>;
  createPersonalAccessToken(userId: string, expiresAt?: number, scope?: string[]): Promise<string>;
  mintAccessToken(options: MintOptions): Promise<string>;
}

function createInstance(options: ZitadelOptions): Instance {
  const now = options.now ?? (() => Math.floor(Date.now() / 1000));
  const nextId = createIds(now);
  const settings = { ...DEFAULT_SETTINGS, resolvableHosts: [], ...options.settings };
  const store = createStore();
  seedStore(store, now());
  const projections = createProjections(store, settings, now);
  return {
    get store() {
      return projections.seen();
    },
    written: store,
    projections,
    settings,
    lifetimes: { ...DEFAULT_LIFETIMES, ...options.lifetimes },
    sessions: createSessions(),
    webKeys: createWebKeys(nextId, options.signingAlgorithm ?? 'RS256', options.ownKeys ?? false),
    opaqueTokens: createOpaqueTokens(() => settings.legacyTokens),
    backChannel: createBackChannel(
      options.fetch ?? ((request) => fetch(request)),
      options.backChannelRetryDelays ?? [2000, 16_000],
    ),
    tamper: {},
    nextId,
    now,
  };
}

function seeded<Item>(items: Map<string, Item>, id: string): Item {
  const item = items.get(id);
  if (!item) throw new Error(`the seed lacks ${id}`);
  return item;
}

export function createZitadel(options: ZitadelOptions = {}): Zitadel {
  const instance = createInstance(options);
  const faults = createFaults();
  const calls = createCalls();
  const closing = new AbortController();
  let issuer = options.issuer ?? 'https://zitadel.test';
  const domains = new Set(options.customDomains);
  // TLS may end in front of it, so the host alone decides
  const issuerOf = (url: URL) => [issuer, ...domains].find((each) => new URL(each).host === url.host);
  const route = createRouter({ instance, faults, calls, issuer: () => issuer, issuerOf, closing: closing.signal });
  const { written: store } = instance;

  return {
    ...createManagement(instance, () => issuer),
    fetch: (input, init) => route(new Request(input, init)),
    listen: async (port = 0, host = '127.0.0.1') => {
      const listening = await listen(route, port, host);
      issuer = options.issuer ?? listening.origin;
      return listening;
    },
    close: () => closing.abort(),
    get issuer() {
      return issuer;
    },
    store,
    settings: instance.settings,
    lifetimes: instance.lifetimes,
    sessions: instance.sessions,
    faults,
    tamper: instance.tamper,
    calls,
    backChannel: instance.backChannel,
    webKeys: instance.webKeys,
    webApplication: seeded(store.applications, SEED.webApplicationId),
    apiApplication: seeded(store.applications, SEED.apiApplicationId),
    project: seeded(store.projects, SEED.projectId),
    signIn: (signInOptions) => signIn(instance, route, signInOptions),
    rotateKeys: (algorithm) => instance.webKeys.rotate(algorithm),
    createApplicationKey: (id, expiresAt) => createApplicationKey(instance, id, expiresAt),
    createServiceAccountKey: (id, expiresAt) => createServiceAccountKey(instance, id, expiresAt),
    createPersonalAccessToken: (id, expiresAt, scope) => createPersonalAccessToken(instance, id, expiresAt, scope),
    mintAccessToken: (mintOptions) => mintAccessToken(instance, issuer, mintOptions),
  };
}
