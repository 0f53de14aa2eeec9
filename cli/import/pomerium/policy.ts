// Pomerium's policy language, as far as rules can say it: any `allow` lets pass, any `deny` refuses.
// Pomerium: Policy Language (PPL); allowed_users, allowed_domains, allowed_idp_claims.

import { isTable } from '../../../src/config/values.ts';
import { both, type Clause, type Condition, lost } from '../conditions.ts';
import { listOf, parseYaml, type Table, tableOf, textOf, textsOf } from '../formats/structured.ts';

/** What a clause asks of the request itself. */
export interface Terms {
  readonly methods?: readonly string[] | undefined;
  /** As rules have them. */
  readonly paths?: readonly string[] | undefined;
}

export interface Allowance {
  readonly terms: Terms;
  /** `public`: without a sign-in. */
  readonly who: Clause | 'public';
}

export interface Policy {
  readonly allowances: readonly Allowance[];
  /** Has to hold besides. */
  readonly demands: Condition;
  /** Methods that are refused to all. */
  readonly refusedMethods: readonly string[];
}

interface Criterion {
  readonly name: string;
  readonly data: unknown;
}

/** What one criterion asks; `never` holds for nobody. */
type Asked = { readonly who: Clause } | { readonly terms: Terms } | 'public' | 'never';

export function readPolicy(route: Table): Policy {
  const rules = rulesOf(route['policy']);
  const allows = rules.flatMap((rule) => (isTable(rule['allow']) ? [rule['allow']] : []));
  const denies = rules.flatMap((rule) => (isTable(rule['deny']) ? [rule['deny']] : []));
  const denied = denies.map(readDenial);
  return {
    allowances: [...olderAllowances(route), ...allows.flatMap(readAllow)],
    demands: denied.reduce<Condition>((sum, { demand }) => both(sum, demand), [[]]),
    refusedMethods: denied.flatMap(({ methods }) => methods),
  };
}

/** A policy may be a text of its own. */
function rulesOf(policy: unknown): readonly Table[] {
  if (typeof policy === 'string') return parseYaml({ name: 'a policy', text: policy }).flatMap(rulesOf);
  return listOf(policy).map(tableOf);
}

const criteriaOf = (list: unknown): readonly Criterion[] =>
  listOf(list).flatMap((each) => Object.entries(tableOf(each)).map(([name, data]) => ({ name, data })));

function readAllow(body: Table): readonly Allowance[] {
  const anyOf = criteriaOf(body['or']).flatMap((criterion) => allow([ask(criterion)]));
  const all = criteriaOf(body['and']);
  const negated = ['not', 'nor'].filter((name) => criteriaOf(body[name]).length > 0);
  return [
    ...anyOf,
    ...(all.length > 0 ? allow(all.map(ask)) : []),
    ...negated.map((name) => ({
      terms: {},
      who: [
        lost(
          `${name} (${criteriaOf(body[name])
            .map((each) => each.name)
            .join(', ')})`,
        ),
      ],
    })),
  ];
}

/** All of them together. */
function allow(asked: readonly Asked[]): readonly Allowance[] {
  if (asked.includes('never')) return [];
  let who: Clause | 'public' = 'public';
  let terms: Terms = {};
  for (const each of asked) {
    if (each === 'public' || each === 'never') continue;
    if ('terms' in each) {
      const methods =
        terms.methods && each.terms.methods
          ? terms.methods.filter((method) => each.terms.methods?.includes(method))
          : (each.terms.methods ?? terms.methods);
      // Two conditions on the path are not laid over each other.
      if (terms.paths && each.terms.paths) return [{ terms, who: [lost('two conditions on the path')] }];
      terms = { methods, paths: each.terms.paths ?? terms.paths };
    } else who = [...(who === 'public' ? [] : who), ...each.who];
  }
  return terms.methods?.length === 0 ? [] : [{ terms, who }];
}

function readDenial(body: Table): { readonly demand: Condition; readonly methods: readonly string[] } {
  const anyOf = criteriaOf(body['or']);
  const all = criteriaOf(body['and']);
  const single = [...anyOf, ...(all.length === 1 ? all : [])].map((criterion) => ask(criterion));
  const methods = single.flatMap((asked) =>
    typeof asked === 'object' && 'terms' in asked ? (asked.terms.methods ?? []) : [],
  );
  const isMethodsAlone = single.every(
    (asked) =>
      asked === 'never' ||
      (typeof asked === 'object' &&
        'terms' in asked &&
        asked.terms.methods !== undefined &&
        asked.terms.paths === undefined),
  );
  const unsaid = [...(isMethodsAlone ? [] : anyOf), ...(all.length === 1 && isMethodsAlone ? [] : all)];
  const demand: Condition =
    unsaid.length === 0 ? [[]] : [[lost(`not denied by ${[...new Set(unsaid.map(({ name }) => name))].join(', ')}`)]];
  return {
    demand: both(both(demand, demandOf(body['not'], 'any')), demandOf(body['nor'], 'all')),
    methods: isMethodsAlone ? methods : [],
  };
}

/** `deny: not` refuses whoever meets none of them: one of them has to be met. `nor`: all of them. */
function demandOf(list: unknown, how: 'any' | 'all'): Condition {
  const criteria = criteriaOf(list);
  if (criteria.length === 0) return [[]];
  const clauses = criteria.map((criterion): Clause => {
    const asked = ask(criterion);
    if (typeof asked === 'object' && 'who' in asked) return asked.who;
    return asked === 'public' ? [] : [lost(criterion.name)];
  });
  return how === 'any' ? clauses : [clauses.flat()];
}

/** Names of the lists of roles that other providers use, and ZITADEL's own claim. */
const ROLE_CLAIMS = /^(?:groups?|roles?|urn:zitadel:iam:org:project:(?:\d+:)?roles)$/;

function ask({ name, data }: Criterion): Asked {
  const [kind, ...subPath] = name.split('/');
  switch (kind) {
    case 'accept':
      return 'public';
    case 'reject':
      return 'never';
    case 'authenticated_user':
      return { who: [] };
    case 'user':
      return { who: claimAtom('sub', data, ['is', 'in'], name) };
    case 'email':
      return { who: claimAtom('email', data, ['is', 'in'], name) };
    case 'group':
    case 'groups':
      return { who: roleAtom(data, name) };
    case 'claim':
      return {
        who: ROLE_CLAIMS.test(subPath.join('/'))
          ? roleAtom(data, name)
          : claimAtom(subPath.join('/'), data, ['has', 'is', 'in'], name),
      };
    case 'http_method':
      return methodTerms(data);
    case 'http_path':
      return pathTerms(data);
    case 'domain':
      return { who: [lost(`an address at ${textsOf(tableOf(data)['is'] ?? data).join(', ') || 'some domain'}`)] };
    default:
      return { who: [lost(name)] };
  }
}

/** The values, where they are asked for in one of these ways and in no other. */
function valuesOf(data: unknown, ways: readonly string[]): readonly string[] | undefined {
  if (!isTable(data)) return textsOf(data).length > 0 ? textsOf(data) : undefined;
  const [[way, value] = ['', undefined], ...more] = Object.entries(data);
  const values = textsOf(value);
  return more.length === 0 && ways.includes(way) && values.length > 0 ? values : undefined;
}

function claimAtom(claim: string, data: unknown, ways: readonly string[], name: string): Clause {
  const values = valuesOf(data, ways);
  if (values === undefined || claim === '' || claim.includes('/')) return [lost(name)];
  return [{ kind: 'claim', name: claim, values }];
}

function roleAtom(data: unknown, name: string): Clause {
  const values = valuesOf(data, ['has', 'in']);
  return values === undefined ? [lost(name)] : [{ kind: 'roles', values }];
}

function methodTerms(data: unknown): Asked {
  const methods = valuesOf(data, ['is', 'in'])?.map((method) => method.toUpperCase());
  if (!methods?.every((method) => /^[A-Z]+$/.test(method) && method !== 'TRACE' && method !== 'CONNECT'))
    return { who: [lost('http_method')] };
  return { terms: { methods } };
}

function pathTerms(data: unknown): Asked {
  const exact = valuesOf(data, ['is', 'in']);
  const begins = valuesOf(data, ['starts_with']);
  const paths = exact ?? begins?.map(pathOfPrefix);
  if (!paths?.every((path) => path.startsWith('/') && !/[?#%;]|\/\/|\*(?!\/\*$|$)/.test(path)))
    return { who: [lost('http_path')] };
  return { terms: { paths } };
}

/** `/admin` is also the beginning of `/administrator`. */
export const pathOfPrefix = (prefix: string): string => (prefix.endsWith('/') ? `${prefix}*` : `${prefix}*/*`);

/** What routes could say before there were policies. */
function olderAllowances(route: Table): readonly Allowance[] {
  const allowances: Allowance[] = [];
  const who = (clause: Clause) => allowances.push({ terms: {}, who: clause });
  const isOn = (name: string) => String(route[name]) === 'true';
  if (isOn('allow_public_unauthenticated_access')) allowances.push({ terms: {}, who: 'public' });
  if (isOn('allow_any_authenticated_user')) who([]);
  for (const domain of textsOf(route['allowed_domains'])) who([lost(`an address at ${domain}`)]);
  for (const group of textsOf(route['allowed_groups'])) who([{ kind: 'roles', values: [group] }]);
  for (const [claim, values] of Object.entries(tableOf(route['allowed_idp_claims'])))
    who(
      ROLE_CLAIMS.test(claim)
        ? [{ kind: 'roles', values: textsOf(values) }]
        : claimAtom(claim, textsOf(values), [], claim),
    );
  for (const user of textsOf(route['allowed_users']))
    who([{ kind: 'claim', name: user.includes('@') ? 'email' : 'sub', values: [user] }]);
  for (const sub of listOf(route['sub_policies']).map(tableOf)) {
    if (textOf(sub['rego']) === undefined) allowances.push(...olderAllowances(sub));
    else who([lost('a policy in Rego')]);
  }
  return allowances;
}
