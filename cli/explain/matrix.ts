// The table of all routes against all roles: `explain --all`.
// docs/routes.md.

import type { Config, Route } from '../../src/config/schema.ts';
import type { Caller } from '../../src/policy/judge.ts';
import { explainRequest } from './explanation.ts';
import { NOW } from './question.ts';

export interface MatrixRow {
  /** `undefined`: what no rule matches. */
  readonly rule: number | undefined;
  readonly route: string;
  /** The request that was judged for it. */
  readonly sample: string;
  readonly cells: Readonly<Record<string, string>>;
}

const ANYWHERE = '/what/no/rule/names';

export function createMatrix(config: Config): readonly MatrixRow[] {
  const roles = [...new Set([...config.routes.flatMap((rule) => rule.roles ?? []), ...Object.values(config.roleMap)])];
  const rows = config.routes.map((rule, index) => createRow(config, rule, index + 1, roles));
  return [...rows, createRow(config, undefined, undefined, roles)];
}

function createRow(
  config: Config,
  rule: Route | undefined,
  index: number | undefined,
  roles: readonly string[],
): MatrixRow {
  const method = rule?.methods?.[0] ?? 'GET';
  const target = rule ? samplePath(rule.path) : ANYWHERE;
  const cell = (who: Caller | undefined) => {
    const { decision, endpoint, answers } = explainRequest(config, {
      method,
      target: encodePath(target),
      host: rule?.hosts?.[0],
      who,
    });
    if (!decision) return endpoint === undefined ? String(answers.navigation) : 'the gateway’s own';
    if (decision.kind === 'nonsense') return '400';
    const reported = decision.report.find((each) => each.rule === index);
    const verdict = wordFor(reported ?? decision);
    if (reported) return `${verdict} (report)`;
    return decision.rule === index
      ? verdict
      : `${verdict} (${decision.rule === undefined ? 'no rule' : `rule ${decision.rule}`})`;
  };
  const cells = [
    ['anonymous', cell(undefined)],
    ['no role', cell(callerWith([], rule))],
    ...roles.map((role) => [role, cell(callerWith([role], rule))]),
  ];
  const limits = [rule?.methods?.join(','), rule?.hosts?.join(',')].filter((each) => each !== undefined);
  return {
    rule: index,
    route: rule ? [rule.path, ...limits].join(' ') : 'anything else',
    sample: `${method} ${target}`,
    cells: Object.fromEntries(cells),
  };
}

/** Signed in just now by password, roles granted by an organisation that counts, by the credential that is taken. */
function callerWith(roles: readonly string[], rule: Route | undefined): Caller {
  const takesSession = rule?.credentials?.includes('session') ?? true;
  return {
    via: takesSession ? 'session' : 'bearer',
    identity: { sub: 'somebody', roles: Object.fromEntries(roles.map((role) => [role, rule?.orgs ?? []])), claims: {} },
    auth_time: NOW,
    amr: ['pwd'],
  };
}

function wordFor({ kind, reason }: { kind: string; reason: string }): string {
  if (kind === 'refuse') return reason === 'claims' ? 'if claims hold' : 'no';
  return kind === 'allow' ? 'yes' : kind.replace('-', ' ');
}

function samplePath(path: string): string {
  return path.replaceAll('*', 'x');
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

export function printMatrix(rows: readonly MatrixRow[]): string {
  const columns = Object.keys(rows[0]?.cells ?? {});
  const table = [
    ['rule', 'path', ...columns],
    ...rows.map(({ rule, route, cells }) => [
      String(rule ?? '–'),
      route,
      ...columns.map((column) => cells[column] ?? ''),
    ]),
  ];
  const widths = table[0]?.map((_, index) => Math.max(...table.map((cells) => cells[index]?.length ?? 0))) ?? [];
  return table
    .map((cells) =>
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
