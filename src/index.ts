// Entry: Env → Config → app, once per isolate. A bad configuration serves nothing but a 503. Exports the Durable Object.
// ARCHITECTURE §1, promise 10.

import { waitUntil } from 'cloudflare:workers';
import variables from '#postern/variables';
import { createMisconfiguredApp } from './answer/misconfigured-app.ts';
import { type LoadedConfig, loadDeployedConfig, startWarnings } from './config/load.ts';
import { createStoredSites, fixedSites, type SitesSource } from './config/stored-sites.ts';
import { type Bindings, createIssuer, createRuntime, createShared, objectsOf, type Runtime } from './gateway.ts';
import { type Counters, createMetrics, loadCounts, sumCounts } from './observability/metrics.ts';
import { compileSiteParts, createSiteApps } from './sites.ts';
import { type CreateUserObject, createUserObjects } from './user-object/create.ts';
import type { ObjectStorage } from './user-object/dependencies.ts';
import { UserSessionsObject } from './user-object/durable-object.ts';
import type { UserSessionsLogic } from './user-object/user-sessions.ts';

type SoundConfig = Extract<LoadedConfig, { ok: true }>;

let runtime = createRuntime(waitUntil);

let loaded: LoadedConfig | undefined;
let sites: SitesSource | undefined;
let app: { fetch(request: Request): Response | Promise<Response> } | undefined;
let createUserObject: CreateUserObject | undefined;

function load(env: Bindings): LoadedConfig {
  if (!loaded) {
    loaded = loadDeployedConfig(env, variables);
    if (loaded.ok) runtime = withMetrics(loaded.config, env, runtime);
    const { emit } = runtime;
    if (loaded.ok)
      for (const warning of startWarnings(loaded)) emit({ event: 'config_warning', level: 'warn', reason: warning });
    else for (const issue of loaded.issues) emit({ event: 'config_issue', level: 'error', ...issue });
  }
  return loaded;
}

/** Events are counted where OPERATOR_SECRET lets somebody ask for the sums. */
function withMetrics(config: SoundConfig['config'], { USER_SESSIONS }: Bindings, runtime: Runtime): Runtime {
  if (config.operatorSecret === undefined) return runtime;
  const open = () => USER_SESSIONS.get(USER_SESSIONS.idFromName('metrics')) as unknown as Counters;
  const metrics = createMetrics({ ...runtime, open });
  return { ...runtime, emit: metrics.emit, metrics };
}

/** One for the worker and the objects of an isolate. */
function sitesOf(env: Bindings, ofVariables: SoundConfig): SitesSource {
  const { CONFIGURATION: kv } = env;
  const load = (text: string) => loadDeployedConfig(env, variables, text);
  sites ??= kv ? createStoredSites({ ofVariables, load, kv, ...runtime }) : fixedSites(ofVariables);
  return sites;
}

export default {
  fetch(request, env) {
    if (!app) {
      const result = load(env);
      app = result.ok
        ? {
            fetch: createSiteApps(
              sitesOf(env, result),
              env,
              runtime,
              createShared(result.config, runtime, objectsOf(env)),
            ),
          }
        : createMisconfiguredApp(result.issues, runtime.emit);
    }
    return app.fetch(request);
  },
} satisfies ExportedHandler<Bindings>;

export class UserSessions extends UserSessionsObject {
  protected override prepare(): Promise<void> | undefined {
    const env = this.env as Bindings;
    const result = load(env);
    return result.ok ? sitesOf(env, result).firstRead() : undefined;
  }

  protected createLogic(storage: ObjectStorage): UserSessionsLogic {
    const env = this.env as Bindings;
    const result = load(env);
    if (!result.ok) throw new Error('the configuration is bad');
    createUserObject ??= createUserObjects({
      sessionSecrets: result.config.sessionSecrets,
      partsOf: compileSiteParts(sitesOf(env, result), runtime, createIssuer(result.config, runtime)),
      kv: env.SESSIONS,
      ...runtime,
    });
    return createUserObject(storage);
  }

  /** The object named `metrics` is no user's: it sums what isolates have counted. */
  addCounts(counts: ReturnType<typeof loadCounts>): void {
    sumCounts(this.ctx.storage.kv, counts, runtime.now());
  }

  readCounts(): ReturnType<typeof loadCounts> {
    return loadCounts(this.ctx.storage.kv);
  }
}
