// The operator's files at this moment, and what they come to on this machine: read at the start, and again after each change.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigIssue } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { selectVariables } from '../../src/config/variables-file.ts';
import { type Files, openFiles, type Place, POSTERN_FILE, selectEnvironment } from '../installation/files.ts';
import { type Installation, installationOf } from '../installation/installation.ts';
import { type KnownSite, listSites } from '../installation/sites.ts';
import { type Plan, planOverrides, type Values, type Wishes } from './plan.ts';
import { replaceSites } from './sites.ts';

export interface Opened {
  readonly files: Files;
  readonly env: string | undefined;
  /** Of wrangler.toml; Wrangler keeps its own things there, in .wrangler. */
  readonly folder: string;
  readonly installation: Installation;
  readonly local: Values;
}

export async function openInstallation(place: Place): Promise<Opened> {
  const files = await openFiles(place);
  const env = selectEnvironment(files, place);
  const local = await files.readLocal(env);
  return { files, env, folder: dirname(files.path), local, installation: installationOf(files, env, local, {}) };
}

export interface State {
  readonly plan: Plan;
  /** Of the files, and with what the plan changes. */
  readonly values: { readonly before: Values; readonly after: Values };
  readonly config: Config | undefined;
  /** All, the first included; none where the variables are wrong. */
  readonly sites: readonly KnownSite[];
  readonly issues: readonly ConfigIssue[];
  readonly hasDevHost: boolean;
}

export function planState({ files, env, local, installation }: Opened, wishes: Wishes): State {
  const before = installation.environment;
  const inFile = selectVariables(files.postern?.variables ?? {}, env)['SITES'] !== undefined;
  const plan = planOverrides(before, { ...wishes, hasSitesInFile: inFile });
  const changes = Object.fromEntries(plan.overrides.map(({ name, value }) => [name, value]));
  const secret = plan.needsSecret ? { SESSION_SECRET: randomBytes(32).toString('hex') } : {};
  const planned = installationOf(withSites(files, plan.fileSites), env, { ...local, ...changes, ...secret }, {});
  return {
    plan,
    values: { before, after: planned.environment },
    config: planned.config,
    sites: planned.usable.ok ? listSites(planned.usable) : [],
    issues: planned.issues,
    hasDevHost: installation.wrangler.dev?.host !== undefined,
  };
}

const withSites = (files: Files, sites: readonly unknown[] | undefined): Files =>
  sites && files.postern
    ? { ...files, postern: { ...files.postern, variables: replaceSites(files.postern.variables, sites) } }
    : files;

/** Where Wrangler looks for local secrets: the first of .dev.vars.NAME and .dev.vars, else all of .env there are. */
export function findSecretFiles({ folder, env }: Pick<Opened, 'folder' | 'env'>): readonly string[] {
  const at = (names: readonly string[]) => names.map((name) => join(folder, name));
  const isThere = (path: string) => existsSync(path);
  const own = env === undefined ? [] : [env];
  const [devVars] = at([...own.map((name) => `.dev.vars.${name}`), '.dev.vars']).filter(isThere);
  if (devVars !== undefined) return [devVars];
  return at(['.env', '.env.local', ...own.flatMap((name) => [`.env.${name}`, `.env.${name}.local`])]).filter(isThere);
}

/** Whatever a running gateway depends on, there or not. */
export function watchedFiles({ files, folder, env }: Opened): readonly string[] {
  const secrets = ['.dev.vars', '.env', '.env.local'].flatMap((name) => [name, ...(env ? [`${name}.${env}`] : [])]);
  return [files.path, ...[POSTERN_FILE, ...secrets].map((name) => join(folder, name))];
}
