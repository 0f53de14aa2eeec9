// The installation as its files have it: what Wrangler reads, postern.toml, the local secrets, and the gateway's configuration made of them.
// ARCHITECTURE §1. Every command reads it here.

import { randomBytes } from 'node:crypto';
import { type ConfigIssue, type LoadedConfig, loadDeployedConfig } from '../../src/config/load.ts';
import { secretNamesIn } from '../../src/config/named-secrets.ts';
import { currentName } from '../../src/config/renamed.ts';
import type { Config } from '../../src/config/schema.ts';
import { VARIABLES, type VariableName } from '../../src/config/variables.ts';
import { ENVIRONMENT_VARIABLE, selectVariables, type VariablesFile } from '../../src/config/variables-file.ts';
import { type Files, openFiles, type Place, selectEnvironment } from './files.ts';
import { judgeEnvironmentName, type PosternFile } from './postern-file.ts';
import type { WranglerConfig } from './wrangler-config.ts';

type Values = Readonly<Record<string, unknown>>;

export interface Installation {
  readonly wrangler: WranglerConfig;
  /** Everything the worker would get, bindings and postern.toml included; of secrets those that are known here. */
  readonly environment: Values;
  /** Those that are known here, as they would be deployed. */
  readonly secrets: Values;
  /** Missing where there is no postern.toml. */
  readonly postern?: PosternFile | undefined;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly string[];
  /** As if secrets and bindings that are missing here were there: what the rules are does not depend on them. */
  readonly usable: LoadedConfig;
  /** Of `usable`. */
  readonly config?: Config;
}

export async function loadInstallation(place: Place): Promise<Installation> {
  const files = await openFiles(place);
  const env = selectEnvironment(files, place);
  const local = await files.readLocal(env, place['secrets-file']);
  // Whatever a file for a deployment names goes up as a secret
  return installationOf(files, env, local, place['secrets-file'] === undefined ? undefined : local);
}

/** `local`: variables and secrets that are known here. */
export function installationOf(
  { readWrangler, postern }: Files,
  env: string | undefined,
  local: Values,
  secrets?: Values,
): Installation {
  const wrangler = readWrangler(env);
  const values = { ...wrangler.vars, ...local };
  const environment = { ...values, ...selectVariables(postern?.variables ?? {}, env) };
  return createInstallation(wrangler, values, { postern, env, secrets: secrets ?? secretsOf(local, environment) });
}

const never = () => undefined;

export interface Surroundings {
  readonly postern?: PosternFile | undefined;
  readonly env?: string | undefined;
  readonly secrets?: Values;
}

/** `values`: variables and local secrets. */
export function createInstallation(
  wrangler: WranglerConfig,
  values: Values,
  { postern, env, secrets }: Surroundings = {},
): Installation {
  const bound: Record<string, unknown> = { ...values };
  for (const { binding } of wrangler.kv_namespaces) bound[binding] = { put: never };
  for (const { name } of wrangler.durable_objects.bindings) bound[name] = { idFromName: never };
  for (const { name } of wrangler.ratelimits) bound[name] = { limit: never };
  const { services = [], vpc_services = [] } = wrangler;
  for (const { binding } of [...services, ...vpc_services]) bound[binding] = { fetch: never };
  const file = postern?.variables ?? {};
  const complaints = postern ? [...postern.issues, ...judgeEnvironmentName(postern, env, values)] : [];
  // The environment is judged under the name that was asked for, whatever POSTERN_ENV says; that mistake is a complaint of its own
  const named = postern ? { ...bound, [ENVIRONMENT_VARIABLE]: env } : bound;
  const asItIs = withIssues(loadDeployedConfig(named, file), complaints);
  const standIns = { SESSIONS: { put: never }, USER_SESSIONS: { idFromName: never } };
  const usable = asItIs.ok ? asItIs : withIssues(loadWithoutSecrets({ ...standIns, ...named }, file), complaints);
  const environment = { ...bound, ...selectVariables(file, env) };
  return {
    wrangler,
    environment,
    secrets: secrets ?? secretsOf(values, environment),
    postern,
    issues: asItIs.ok ? [] : asItIs.issues,
    warnings: usable.ok ? usable.warnings : [],
    usable,
    ...(usable.ok && { config: usable.config }),
  };
}

function withIssues(loaded: LoadedConfig, issues: readonly ConfigIssue[]): LoadedConfig {
  if (issues.length === 0) return loaded;
  return { ok: false, issues: [...issues, ...(loaded.ok ? [] : loaded.issues)] };
}

/** Those that rules and sites name for their upstreams. */
export const namedSecretsOf = ({ ROUTES, SITES }: Values): readonly string[] => secretNamesIn(ROUTES, SITES);

/** One of the gateway's own, or a named one. */
function isSecret(given: string, environment: Values): boolean {
  const name = currentName(given);
  if (namedSecretsOf(environment).includes(name)) return true;
  return Object.hasOwn(VARIABLES, name) && VARIABLES[name as VariableName].kind === 'secret';
}

const secretsOf = (values: Values, environment: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => isSecret(name, environment)));

/** `sites`: JSON in the place of SITES. Replaces secrets that are missing or dummies by good ones: deployed secrets can't be read here, and no rule depends on them. */
export function loadWithoutSecrets(environment: Values, file: VariablesFile = {}, sites?: string): LoadedConfig {
  const loaded = loadDeployedConfig(environment, file, sites);
  if (loaded.ok) return loaded;
  const selected = { ...environment, ...selectVariables(file, environment[ENVIRONMENT_VARIABLE]) };
  const all = sites === undefined ? selected : { ...selected, SITES: sites };
  const names = loaded.issues
    .map(({ variable }) => /^\w+/.exec(variable)?.[0] ?? '')
    .filter((name) => isSecret(name, all));
  const standIns: Readonly<Record<string, string>> = {
    ...Object.fromEntries(namedSecretsOf(all).map((name) => [name, randomBytes(32).toString('hex')])),
    SESSION_SECRET: randomBytes(32).toString('hex'),
    ZITADEL_API_CLIENT_SECRET: 'stands in for the real one',
  };
  return loadDeployedConfig(
    { ...environment, ...Object.fromEntries(names.map((name) => [name, standIns[name]])) },
    file,
    sites,
  );
}
