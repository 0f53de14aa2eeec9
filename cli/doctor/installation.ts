// The installation as its files have it: what Wrangler reads, the local secrets, and the gateway's configuration made of both.
// Design §1.

import { type ConfigIssue, loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { loadWithoutSecrets } from '../explain/deployment.ts';
import { UsageError } from '../support/failure.ts';

/** The part of Wrangler's configuration that is looked at. */
export interface WranglerConfig {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly routes?: readonly RouteEntry[] | undefined;
  readonly workers_dev?: boolean | undefined;
  readonly preview_urls?: boolean | undefined;
  readonly compatibility_date?: string | undefined;
  readonly kv_namespaces: readonly { readonly binding: string; readonly id?: string | undefined }[];
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
  readonly migrations: readonly { readonly new_sqlite_classes?: readonly string[] | undefined }[];
  readonly services?: readonly { readonly binding: string }[] | undefined;
  readonly vpc_services?: readonly { readonly binding: string }[] | undefined;
  readonly ratelimits: readonly { readonly name: string }[];
  readonly observability?: { readonly enabled?: boolean | undefined } | undefined;
  readonly cache?: { readonly enabled?: boolean | undefined } | undefined;
}

export type RouteEntry = string | { readonly pattern: string; readonly custom_domain?: boolean | undefined };

export interface Installation {
  readonly wrangler: WranglerConfig;
  /** Everything the worker would get, bindings included; of secrets those in .dev.vars. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly string[];
  /** Missing where variables are wrong. Secrets and bindings that are not here have stand-ins. */
  readonly config?: Config;
}

export interface Place {
  readonly config?: string | undefined;
  readonly env?: string | undefined;
}

export async function loadInstallation({ config, env }: Place): Promise<Installation> {
  // Wrangler takes a second to load: not for --help.
  const { unstable_readConfig, unstable_getVarsForDev } = await import('wrangler');
  const place = { ...(config !== undefined && { config }), ...(env !== undefined && { env }) };
  let read: ReturnType<typeof unstable_readConfig>;
  try {
    read = unstable_readConfig(place, { hideWarnings: true });
  } catch (cause) {
    throw new UsageError(`the configuration can’t be read: ${(cause as Error).message.trim()}`);
  }
  if (read.configPath === undefined) throw new UsageError('there is no wrangler.toml here: --config FILE names one');
  const vars = unstable_getVarsForDev(read.configPath, undefined, read.vars, env, true);
  const values = Object.fromEntries(Object.entries(vars).map(([name, { value }]) => [name, value]));
  return createInstallation(read as WranglerConfig, values);
}

const never = () => undefined;

/** `values`: variables and local secrets. */
export function createInstallation(wrangler: WranglerConfig, values: Readonly<Record<string, unknown>>): Installation {
  const environment: Record<string, unknown> = { ...values };
  for (const { binding } of wrangler.kv_namespaces) environment[binding] = { put: never };
  for (const { name } of wrangler.durable_objects.bindings) environment[name] = { idFromName: never };
  for (const { name } of wrangler.ratelimits) environment[name] = { limit: never };
  const { services = [], vpc_services = [] } = wrangler;
  for (const { binding } of [...services, ...vpc_services]) environment[binding] = { fetch: never };
  const asItIs = loadConfig(environment);
  // What else is wrong can be said without the bindings and secrets that are missing.
  const standIns = { SESSIONS: { put: never }, USER_SESSIONS: { idFromName: never } };
  const usable = asItIs.ok ? asItIs : loadWithoutSecrets({ ...standIns, ...environment });
  return {
    wrangler,
    environment,
    issues: asItIs.ok ? [] : asItIs.issues,
    warnings: usable.ok ? usable.warnings : [],
    ...(usable.ok && { config: usable.config }),
  };
}
