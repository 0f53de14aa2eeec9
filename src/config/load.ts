// From the worker's environment to the configuration, or to everything that is wrong with it at once. Done once per isolate.
// ARCHITECTURE §1.

import { safeParse } from 'valibot';
import { BINDINGS, type BindingName, type Environment, hasMethod, isBinding, isGiven } from './bindings.ts';
import { describeVariable, type Judged, judgeTogether } from './consistency.ts';
import { type ConfigIssue, describeValue } from './issues.ts';
import { readNamedSecrets, secretNamesIn } from './named-secrets.ts';
import { exampleOf, toConfigIssue } from './parse-issues.ts';
import { describeRenames, nameAsWritten, RENAMED, translateNames } from './renamed.ts';
import { assembleSites, compileIsOwn, judgeSites } from './resolve-sites.ts';
import type { Config, ServedSite } from './schema.ts';
import { suggestName } from './suggest.ts';
import { VARIABLES, type VariableName, type Variables } from './variables.ts';
import { mergeVariables, type VariablesFile } from './variables-file.ts';

export type { ConfigIssue } from './issues.ts';

export type LoadedConfig =
  | {
      readonly ok: true;
      /** Of the first site. */
      readonly config: Config;
      /** The others. */
      readonly sites: readonly ServedSite[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

const VARIABLE_NAMES = Object.keys(VARIABLES) as VariableName[];
const BINDING_NAMES = Object.keys(BINDINGS) as BindingName[];

/** What is said when the worker starts. Only there are secrets known: the command looks at configurations without them. */
export function startWarnings({ config, sites, warnings }: Extract<LoadedConfig, { ok: true }>): readonly string[] {
  if (sites.length === 0 || config.clientAuthentication.method !== 'none') return warnings;
  return [
    ...warnings,
    'several sites without ZITADEL_CLIENT_SECRET or ZITADEL_CLIENT_KEY: an application can get hold of a code by a service worker, and nothing else keeps it from having that exchanged for tokens',
  ];
}

const TWOFOLD = 'SITES stands in the variables too: it counts only while CONFIGURATION has no list of sites';

/**
 * As `loadConfig`, together with the variables of postern.toml, which are a module of the worker. `sites`: JSON that stands in for SITES,
 * wherever that is.
 */
export function loadDeployedConfig(environment: Environment, file: VariablesFile, sites?: string): LoadedConfig {
  const { merged, issues } = mergeVariables(environment, file);
  const loaded = loadConfig(sites === undefined ? merged : { ...merged, SITES: sites });
  const isTwofold = sites === undefined && isGiven(merged['SITES']) && merged['CONFIGURATION'] !== undefined;
  if (issues.length === 0)
    return loaded.ok && isTwofold ? { ...loaded, warnings: [...loaded.warnings, TWOFOLD] } : loaded;
  return { ok: false, issues: [...issues, ...(loaded.ok ? [] : loaded.issues)] };
}

export function loadConfig(environment: Environment, renamed = RENAMED): LoadedConfig {
  const translated = translateNames(environment, renamed);
  const given = Object.entries(translated.given).filter(([, value]) => value !== undefined);
  const env = Object.fromEntries(given.filter(([, value]) => isGiven(value)));
  const issues = [
    ...translated.issues,
    ...findUnknown(given, secretNamesIn(env['ROUTES'], env['SITES'])),
    ...findMissingBindings(env),
  ];
  const warnings = [...describeRenames(translated)];
  const parsed = parseVariables(env, issues);
  const problem: Judged['problem'] = (name, wanted, place = '', found = env[name]) => {
    const example = exampleOf(name, place);
    issues.push({ variable: name + place, found: describeVariable(name, found), wanted, example });
  };
  const warn = (sentence: string) => void warnings.push(sentence);
  const judged: Judged = { env, parsed, problem, warn, nameOf: (name) => name, isOwn: compileIsOwn(parsed) };
  judgeTogether(judged);
  judgeSites(judged);
  const namedSecrets = readNamedSecrets(judged, issues);
  if (issues.length > 0) return { ok: false, issues: issues.map((issue) => nameAsWritten(issue, translated)) };
  return { ok: true, ...assembleSites(parsed as Variables, namedSecrets), warnings };
}

function parseVariables(env: Environment, issues: ConfigIssue[]): Partial<Variables> {
  const parsed: Record<string, unknown> = {};
  for (const name of VARIABLE_NAMES) {
    const result = safeParse(VARIABLES[name].schema, env[name]);
    if (result.success) parsed[name] = result.output;
    else issues.push(...result.issues.map((issue) => toConfigIssue(name, issue)));
  }
  return parsed;
}

/** A misspelled variable may be a secret, so its value is not described. */
function findUnknown(given: readonly (readonly [string, unknown])[], named: readonly string[]): ConfigIssue[] {
  const known: readonly string[] = [...VARIABLE_NAMES, ...BINDING_NAMES];
  // Sites that stand in KV have their upstreams' secrets here.
  const hasStoredSites = given.some(([key]) => key === 'CONFIGURATION');
  const unknown = given.filter(([key, value]) => ![...known, ...named].includes(key) && !isBinding(key, value));
  return unknown.flatMap(([variable]) => {
    const near = suggestName(variable, known);
    if (hasStoredSites && near === undefined && variable.endsWith('_SECRET')) return [];
    const wanted = near === undefined ? 'only variables that Postern knows' : `did you mean ${near}?`;
    const example = VARIABLE_NAMES.includes(near as VariableName) ? exampleOf(near as VariableName, '') : '';
    return [{ variable, found: 'a variable of an unknown name', wanted, example }];
  });
}

function findMissingBindings(env: Environment): ConfigIssue[] {
  return BINDING_NAMES.flatMap((variable) => {
    const { method, required, wanted, example } = BINDINGS[variable];
    const isFine = env[variable] === undefined ? !required : hasMethod(env, variable, method);
    return isFine ? [] : [{ variable, found: describeValue(env[variable]), wanted, example }];
  });
}
