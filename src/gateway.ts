// The dependency record: everything that endpoints and gate work with, wired once per isolate.
// Only this file reads the clock.

import type { Config } from './config/schema.ts';
import { compileServedHosts } from './gate/served-hosts.ts';
import { type Assertions, createAssertions } from './identity/assertion.ts';
import { claimNames, compileIdentityHeaders, type HeaderList } from './identity/headers.ts';
import type { Identity } from './identity/identity.ts';
import { createStrangers, type Strangers } from './login/bounds.ts';
import { createMemories, type Memories } from './memories.ts';
import { createChecks, type DependencyChecks } from './observability/checks.ts';
import { emit as emitToConsole } from './observability/emit.ts';
import type { Metrics } from './observability/metrics.ts';
import { observeCalls } from './observability/provider-calls.ts';
import type { Emit } from './observability/request-event.ts';
import { type BearerTokens, createBearerTokens } from './oidc/bearer/bearer-tokens.ts';
import { createProviderFetch, DEFAULT_LIMITS, type ProviderFetch } from './oidc/provider-fetch.ts';
import { createProviderMetadata, type ProviderMetadata } from './oidc/provider-metadata.ts';
import { createProviderProbe, type ProviderProbe } from './oidc/provider-probe.ts';
import { createRelyingParty, type RelyingParty } from './oidc/relying-party.ts';
import { type AssertSignInReach, createSignInReach } from './oidc/sign-in-reach.ts';
import { createSigningKeys, type SigningKeys } from './oidc/signing-keys.ts';
import type { IdentityOptions } from './oidc/zitadel/identity-claims.ts';
import { createPages, type Pages } from './pages/pages.ts';
import { compileRules, type Rules } from './policy/rules.ts';
import { createEndNotes } from './session/end-notes.ts';
import { createKeyring, type Keyring } from './session/keyring.ts';
import { createUserSessionsDirectory, type UserSessionsDirectory } from './session/object-client.ts';
import { VisitorSessions } from './session/visitor-sessions.ts';
import { type Budget, createBudget } from './shared/isolate/budget.ts';
import type { UserSessionsApi } from './user-object/api.ts';

export interface Bindings {
  readonly SESSIONS: KVNamespace;
  readonly USER_SESSIONS: DurableObjectNamespace;
  readonly CONFIGURATION?: KVNamespace;
  readonly LOGIN_RATE_LIMIT?: RateLimit;
  /** Service bindings of upstreams, by name. */
  readonly [name: string]: unknown;
}

/** What a gateway runs on, and what differs between the worker and a test: time, network, and where events go. */
export interface Runtime {
  readonly fetch: typeof globalThis.fetch;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds; default: the runtime's own. */
  readonly stopwatch?: () => number;
  readonly emit: Emit;
  /** Counts what is emitted; missing where nobody may ask for the sums. */
  readonly metrics?: Metrics | undefined;
  /** Keeps a task alive after the answer has gone out. */
  readonly waitUntil: (task: Promise<unknown>) => void;
  /** Milliseconds that one answer of ZITADEL's may take. */
  readonly providerDeadline?: number;
  /** Milliseconds that everything a sign-in needs of ZITADEL may take together. */
  readonly loginDeadline?: number;
}

/** Holds one of each for a site. Whatever remembers, counts or compiles belongs here, so that no endpoint makes its own. */
export interface Gateway {
  readonly config: Config;
  readonly bindings: Bindings;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  /** Milliseconds, for durations only. */
  readonly stopwatch: () => number;
  readonly emit: Emit;
  readonly metrics: Metrics | undefined;
  readonly waitUntil: (task: Promise<unknown>) => void;
  readonly keyring: Keyring;
  readonly metadata: ProviderMetadata;
  readonly providerProbe: ProviderProbe;
  readonly assertSignInReach: AssertSignInReach;
  readonly signingKeys: SigningKeys;
  readonly relyingParty: RelyingParty;
  readonly identityOptions: IdentityOptions;
  readonly bearerTokens: BearerTokens;
  readonly rules: Rules;
  /** Whether a host is one of the site's. */
  readonly servesHost: (host: string) => boolean;
  readonly identityHeadersOf: (identity: Identity) => HeaderList;
  readonly assertions: Assertions;
  readonly directory: UserSessionsDirectory;
  readonly visitorSessions: VisitorSessions;
  readonly strangers: Strangers;
  readonly pages: Pages;
  readonly loginDeadline: number;
  /** Counts guesses of OPERATOR_SECRET, by client network. */
  readonly operatorAttempts: Budget;
  readonly checks: DependencyChecks;
}

/** What all sites of an isolate share: ZITADEL as it is known here, the users' objects, who has to wait, and every memory. */
export interface Shared extends Issuer, Pick<Gateway, 'directory' | 'strangers' | 'operatorAttempts' | 'checks'> {
  readonly memories: Memories;
}

export function createShared(
  config: Pick<Config, 'issuer'>,
  runtime: Runtime,
  openObject: (name: string) => UserSessionsApi,
): Shared {
  const { now } = runtime;
  return {
    ...createIssuer(config, runtime),
    directory: createUserSessionsDirectory(openObject),
    strangers: createStrangers(now),
    operatorAttempts: createBudget({ most: 20, every: 3, now }),
    checks: createChecks(runtime),
    memories: createMemories(now),
  };
}

/** One site. */
export function createGateway(
  config: Config,
  bindings: Bindings,
  runtime: Runtime,
  shared: Shared = createShared(config, runtime, objectsOf(bindings)),
): Gateway {
  const { now, emit, waitUntil, fetch } = runtime;
  const { directory, memories } = shared;
  const provider = createProvider(config, runtime, shared);
  const keyring = createKeyring(config.sessionSecrets, config.site);
  const stopwatch = runtime.stopwatch ?? (() => performance.now());
  const notes = createEndNotes(bindings.SESSIONS);
  const randomId = () => crypto.randomUUID();
  return {
    ...shared,
    config,
    bindings,
    fetch,
    now,
    stopwatch,
    emit,
    metrics: runtime.metrics,
    waitUntil,
    keyring,
    ...provider,
    bearerTokens: createBearerTokens({ config, now, emit, waitUntil, ...shared, ...provider, ...memories }),
    rules: compileRules(config.routes, config),
    servesHost: compileServedHosts(config),
    identityHeadersOf: compileIdentityHeaders(config),
    assertions: createAssertions({ config, now, randomId, remembered: memories.assertionMemory }),
    visitorSessions: new VisitorSessions({
      ...{ config, keyring, directory, notes, now, stopwatch, waitUntil, emit },
      ...memories,
    }),
    pages: createPages(config),
    loginDeadline: runtime.loginDeadline ?? 10_000,
  };
}

export interface Issuer extends Pick<Gateway, 'metadata' | 'signingKeys' | 'providerProbe' | 'assertSignInReach'> {
  readonly providerFetch: ProviderFetch;
}

/** What is known of ZITADEL, whichever site asks. */
export function createIssuer(config: Pick<Config, 'issuer'>, runtime: Runtime): Issuer {
  const { now, waitUntil, emit } = runtime;
  const limits = { ...DEFAULT_LIMITS, deadline: runtime.providerDeadline ?? DEFAULT_LIMITS.deadline };
  const fetch = observeCalls(createProviderFetch(runtime.fetch, limits), emit);
  const metadata = createProviderMetadata({ issuer: config.issuer, fetch, now, waitUntil });
  const signingKeys = createSigningKeys({ metadata, fetch, now, waitUntil });
  const providerProbe = createProviderProbe({ metadata, keys: signingKeys, fetch });
  const assertSignInReach = createSignInReach({ metadata, fetch, now, waitUntil });
  return { providerFetch: fetch, metadata, signingKeys, providerProbe, assertSignInReach };
}

/** A site's own dealings with ZITADEL; its Durable Objects need them too. */
export function createProvider(config: Config, { now }: Runtime, issuer: Issuer) {
  const { providerFetch: fetch, metadata, signingKeys: keys } = issuer;
  const clockSkew = () => Math.round(now() - Date.now() / 1000);
  const relyingParty = createRelyingParty({ config, metadata, keys, fetch, now, clockSkew });
  const identityOptions: IdentityOptions = {
    projectId: config.projectId,
    roleMap: config.roleMap,
    claimNames: claimNames(config),
  };
  return { relyingParty, identityOptions };
}

/** What the worker itself runs on; `waitUntil` comes from `cloudflare:workers`. */
export function createRuntime(waitUntil: (task: Promise<unknown>) => void): Runtime {
  return {
    // Called as a method of another object, the runtime's fetch refuses.
    fetch: (input, init) => fetch(input, init),
    now: () => Math.floor(Date.now() / 1000),
    emit: emitToConsole,
    waitUntil,
  };
}

export function objectsOf({ USER_SESSIONS }: Bindings): (name: string) => UserSessionsApi {
  return (name) => USER_SESSIONS.get(USER_SESSIONS.idFromName(name)) as unknown as UserSessionsApi;
}
