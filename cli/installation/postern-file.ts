// postern.toml: lists and tables that may be too long for a variable, in the form that wrangler.toml has them in.
// What may stand there, and what it and wrangler.toml must agree on.

import type { ConfigIssue } from '../../src/config/issues.ts';
import { currentName } from '../../src/config/renamed.ts';
import { suggestName } from '../../src/config/suggest.ts';
import { isTable } from '../../src/config/values.ts';
import { VARIABLES, type VariableName } from '../../src/config/variables.ts';
import { ENVIRONMENT_VARIABLE, type VariablesFile } from '../../src/config/variables-file.ts';

type Table = Readonly<Record<string, unknown>>;

export interface PosternFile {
  /** As the worker gets it. */
  readonly variables: VariablesFile;
  /** Of the environments that have tables of their own there. */
  readonly own: readonly string[];
  readonly issues: readonly ConfigIssue[];
}

const kindOf = (name: string) => (Object.hasOwn(VARIABLES, name) ? VARIABLES[name as VariableName].kind : undefined);
const LISTS_AND_TABLES = Object.keys(VARIABLES).filter((name) => ['list', 'table'].includes(kindOf(name) ?? ''));

const MISPLACED = 'what can’t stand there';
type Report = (variable: string, found: string, wanted: string) => void;

/** `environments`: those of wrangler.toml. */
export function parsePosternFile(raw: Table, environments: readonly string[]): PosternFile {
  const issues: ConfigIssue[] = [];
  const report: Report = (variable, found, wanted) => issues.push({ variable, found, wanted, example: '' });
  const { vars, env, ...rest } = raw;
  for (const name of Object.keys(rest))
    report(`${name}, in postern.toml`, MISPLACED, '[vars], [[vars.ROUTES]] and the like, or [env.NAME.vars]');
  const own: Record<string, Table> = Object.create(null);
  for (const [name, table] of Object.entries(takeTable(env, 'env', report))) {
    const { vars: variables, ...others } = takeTable(table, `env.${name}`, report);
    for (const other of Object.keys(others))
      report(`${other}, in [env.${name}] of postern.toml`, MISPLACED, `[env.${name}.vars] alone`);
    const there = environments.join(', ') || 'none';
    if (!environments.includes(name))
      report(`env.${name} of postern.toml`, 'an environment that wrangler.toml does not have', `one of ${there}`);
    own[name] = takeVariables(variables, `env.${name}.vars`, report);
  }
  const all = Object.fromEntries(environments.map((name) => [name, own[name] ?? {}]));
  return { variables: { vars: takeVariables(vars, 'vars', report), env: all }, own: Object.keys(own), issues };
}

function takeTable(table: unknown, place: string, report: Report): Table {
  if (table === undefined || isTable(table)) return table ?? {};
  report(`${place} of postern.toml`, 'something that is no table', `a table, [${place}]`);
  return {};
}

function takeVariables(table: unknown, place: string, report: Report): Table {
  const variables = takeTable(table, place, report);
  for (const name of Object.keys(variables)) {
    const wanted = complaintOf(name);
    if (wanted !== undefined) report(`${name}, in [${place}] of postern.toml`, MISPLACED, wanted);
  }
  return variables;
}

/** What is wanted instead of this name, if anything is. */
function complaintOf(name: string): string | undefined {
  const kind = kindOf(currentName(name));
  if (kind === 'list' || kind === 'table') return undefined;
  if (kind === 'secret') return `no secret in a file: npx wrangler secret put ${name}, and in .dev.vars for local runs`;
  if (kind === 'var') return `a list or a table: ${name} goes into wrangler.toml`;
  const near = suggestName(name, LISTS_AND_TABLES);
  return near === undefined ? `one of ${LISTS_AND_TABLES.join(', ')}` : `did you mean ${near}?`;
}

/** The worker knows its environment by one variable alone, which each environment must have right. */
export function judgeEnvironmentName(
  { own }: PosternFile,
  env: string | undefined,
  vars: Table,
): readonly ConfigIssue[] {
  const named = vars[ENVIRONMENT_VARIABLE] === '' ? undefined : vars[ENVIRONMENT_VARIABLE];
  const isRight = named === env || (named === undefined && env !== undefined && !own.includes(env));
  if (isRight) return [];
  const where = env === undefined ? '[vars]' : `[env.${env}.vars]`;
  const wanted =
    env === undefined
      ? 'none at the top of wrangler.toml, which is no environment'
      : `${ENVIRONMENT_VARIABLE} = "${env}" in ${where} of wrangler.toml: by it the worker knows which tables of postern.toml are its own`;
  const found = named === undefined ? 'nothing' : JSON.stringify(named);
  return [{ variable: ENVIRONMENT_VARIABLE, found, wanted, example: '' }];
}
