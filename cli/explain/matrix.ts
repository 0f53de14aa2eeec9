// The table of all routes against all roles: `explain --all`.
// docs/routes.md.

import { compileConfigs } from '../../src/config/resolve-sites.ts';
import type { Config, Route } from '../../src/config/schema.ts';
import { isOfSite } from '../../src/config/site-hosts.ts';
import type { Caller } from '../../src/policy/judge.ts';
import { hasSites, listSites, type Sites } from '../installation/sites.ts';
import { explainRequest, upstreamOf } from './explanation.ts';
import { NOW } from './question.ts';

export interface MatrixRow {
  /** `undefined`: what no rule matches. */
  readonly rule: number | undefined;
  readonly route: string;
  /** The request that was judged for it. */
  readonly sample: string;
  readonly cells: Readonly<Record<string, string>>;
}

/** Of one site. */
export interface SiteMatrix {
  readonly site: string;
  readonly upstream: string;
  readonly rows: readonly MatrixRow[];
}

const ANYWHERE = '/what/no/rule/names';

/** One for each site, where several are configured. */
export function createMatrices(served: Sites): readonly SiteMatrix[] {
  if (!hasSites(served)) {
    const { config } = served;
    return [
      { site: new URL(config.origin).host, upstream: upstreamOf(config), rows: createMatrix(config, ownRequests) },
    ];
  }
  const configs = compileConfigs(served);
  return listSites(served).map(({ host, config, isWildcard }) => {
    const requestFor: RequestFor = (own, hosts) => {
      const found = hosts?.find((each) => isOfSite(host, each));
      const [other] = hosts ?? [];
      // A host that rules name has the rules of the first site: they are tried where they hold.
      const theirs = found === undefined && other !== undefined ? configs(other).config : own;
      if (found === undefined) return { config: theirs.routes === own.routes ? theirs : own, host: other };
      return isWildcard ? { config: configs(found).config, host: found } : { config: own, host: undefined };
    };
    return { site: host, upstream: upstreamOf(config), rows: createMatrix(config, requestFor) };
  });
}

/** Where a rule with these hosts is tried. */
type RequestFor = (
  config: Config,
  hosts: readonly string[] | undefined,
) => { config: Config; host: string | undefined };
const ownRequests: RequestFor = (config, hosts) => ({ config, host: hosts?.[0] });

function createMatrix(config: Config, requestFor: RequestFor): readonly MatrixRow[] {
  const roles = [...new Set([...config.routes.flatMap((rule) => rule.roles ?? []), ...Object.values(config.roleMap)])];
  const rows = config.routes.map((rule, index) => createRow(requestFor(config, rule.hosts), rule, index + 1, roles));
  return [...rows, createRow(requestFor(config, undefined), undefined, undefined, roles)];
}

function createRow(
  { config, host }: ReturnType<RequestFor>,
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
      host,
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

/** A single one needs no name. */
export function printMatrices(matrices: readonly SiteMatrix[]): string {
  if (matrices.length === 1) return printMatrix(matrices[0]?.rows ?? []);
  return matrices
    .map(({ site, upstream, rows }) => `${site}, in front of ${upstream}\n\n${printMatrix(rows)}`)
    .join('\n\n');
}

function printMatrix(rows: readonly MatrixRow[]): string {
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
