// Lists and tables from postern.toml, which the build makes a module of the worker: a variable may have 5 KB at most, a module more.
// ARCHITECTURE §1; Workers: environment variables, limits.

import { type Environment, isGiven } from './bindings.ts';
import type { ConfigIssue } from './issues.ts';

/** As `postern build` writes it; every environment of wrangler.toml has an entry. */
export interface VariablesFile {
  readonly vars?: Environment;
  readonly env?: Readonly<Record<string, Environment>>;
}

/** Tells the worker which environment of wrangler.toml it runs in; nothing else does. */
export const ENVIRONMENT_VARIABLE = 'POSTERN_ENV';

/** The variables that an environment has from the file: its own, and those at the top that it does not name itself. */
export function selectVariables({ vars = {}, env = {} }: VariablesFile, name: unknown): Environment {
  const own = isGiven(name) && Object.hasOwn(env, String(name)) ? env[String(name)] : undefined;
  return Object.fromEntries(Object.entries({ ...vars, ...own }).filter(([, value]) => isGiven(value)));
}

/** The worker's environment together with the file. Nothing may stand in both, since nobody could say which one counts. */
export function mergeVariables(
  environment: Environment,
  file: VariablesFile,
): { readonly merged: Environment; readonly issues: readonly ConfigIssue[] } {
  const { vars, env } = file;
  if (vars === undefined && env === undefined) return { merged: environment, issues: [] };
  const name = environment[ENVIRONMENT_VARIABLE];
  const selected = selectVariables(file, name);
  const issues: ConfigIssue[] = Object.keys(selected)
    .filter((variable) => isGiven(environment[variable]))
    .map((variable) => ({
      variable,
      found: 'a value in postern.toml, and another in the worker’s variables (wrangler.toml, .dev.vars, the dashboard)',
      wanted: 'one of the two',
      example: '',
    }));
  if (isGiven(name) && !Object.hasOwn(env ?? {}, String(name)))
    issues.push({
      variable: ENVIRONMENT_VARIABLE,
      found: 'an environment that was not there when postern.toml was built',
      wanted: `one of ${Object.keys(env ?? {}).join(', ') || 'none'}`,
      example: '',
    });
  return { merged: { ...environment, ...selected }, issues };
}
