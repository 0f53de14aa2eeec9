// The configuration as a deployment has it: wrangler.toml, local secrets, and stand-ins for what judging a path does not need.
// Design §1.

import { randomBytes } from 'node:crypto';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import { VARIABLES, type VariableName } from '../../src/config/schema.ts';
import { UsageError } from './question.ts';

export interface DeploymentOptions {
  /** Path of the configuration file; by default Wrangler looks for it. */
  readonly config?: string | undefined;
  /** Wrangler's named environment. */
  readonly env?: string | undefined;
}

const never = () => undefined;

export async function loadDeployment({ config, env }: DeploymentOptions): Promise<LoadedConfig> {
  // Wrangler takes a second to load: not for --help
  const { unstable_readConfig, unstable_getVarsForDev } = await import('wrangler');
  const place = { ...(config !== undefined && { config }), ...(env !== undefined && { env }) };
  let read: ReturnType<typeof unstable_readConfig>;
  try {
    read = unstable_readConfig(place, { hideWarnings: true });
  } catch (cause) {
    throw new UsageError(`the configuration can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (read.configPath === undefined) throw new UsageError('there is no wrangler.toml here: --config FILE names one');
  const vars = unstable_getVarsForDev(read.configPath, undefined, read.vars, env, true);
  const environment: Record<string, unknown> = {};
  for (const [name, { value }] of Object.entries(vars)) environment[name] = value;
  for (const { binding } of read.kv_namespaces) environment[binding] = { put: never };
  for (const { name } of read.durable_objects.bindings) environment[name] = { idFromName: never };
  for (const { name } of read.ratelimits) environment[name] = { limit: never };
  for (const { binding } of read.services ?? []) environment[binding] = { fetch: never };
  return loadWithoutSecrets(environment);
}

/** Secrets are elsewhere once deployed, and no rule depends on them: those that are missing or dummies are made good. */
export function loadWithoutSecrets(environment: Readonly<Record<string, unknown>>): LoadedConfig {
  const loaded = loadConfig(environment);
  if (loaded.ok) return loaded;
  const names = loaded.issues.map(({ variable }) => /^\w+/.exec(variable)?.[0] ?? '');
  const secrets = names.filter(
    (name) => Object.hasOwn(VARIABLES, name) && VARIABLES[name as VariableName].kind === 'secret',
  );
  const standIns: Readonly<Record<string, string>> = {
    SESSION_SECRET: randomBytes(32).toString('hex'),
    ZITADEL_API_CLIENT_SECRET: 'stands in for the real one',
  };
  return loadConfig({ ...environment, ...Object.fromEntries(secrets.map((name) => [name, standIns[name]])) });
}
