// The access rules, compiled once per isolate, and which of them a reading meets.
// ARCHITECTURE §1 Routes.

import type { Route } from '../config/schema.ts';
import { isMatch, type PathPattern, parsePattern } from './path-pattern.ts';
import { foldCase, hasCase } from './path-steps.ts';
import { createRequirement, type Requirement } from './requirement.ts';

export type Credential = NonNullable<Route['credentials']>[number];

export interface Rule {
  /** As operators count: from 1. `undefined`: no rule matched, and whoever signs in may pass. */
  readonly index: number | undefined;
  readonly route: Route;
  readonly pattern: PathPattern;
  readonly folded: PathPattern;
  readonly credentials: Readonly<Record<Credential, boolean>>;
}

/** Rules by the first segment of their path; each list in the order of the rules, with those that any path can meet. */
interface Shelf {
  readonly bySegment: ReadonlyMap<string, readonly Rule[]>;
  readonly others: readonly Rule[];
}

export interface Rules {
  readonly rules: readonly Rule[];
  readonly exact: Shelf;
  readonly folded: Shelf;
  /** What each rule requires when it is the only one met, which is the usual case. Made once for all requests. */
  readonly alone: ReadonlyMap<Rule, Requirement>;
  /** What holds where no rule matches. */
  readonly otherwise: Rule;
  /** Whether some rule's path changes when it is folded. If none does, folding matters only to readings that have case themselves. */
  readonly hasCase: boolean;
  /** Whether some rule takes paths that are no UTF-8. */
  readonly takesBytes: boolean;
}

/** What a rule sees of a request beside the path. */
export interface RequestTerms {
  readonly method: string;
  /** As in the URL: lower case, with a port where it is not the default one. */
  readonly host: string;
  /** The method that a preflight asks about; the rule for it is the one that counts. */
  readonly requestedMethod?: string | undefined;
}

/** The rule that a path meets, and the rules in report mode that it would have met first. */
export interface Meeting {
  readonly rule: Rule;
  readonly reported: readonly Rule[];
}

const OTHERWISE: Route = {
  path: '/*',
  access: 'authenticated',
  unauthenticated: 'auto',
  keep_post: 'same-origin',
  mode: 'enforce',
  paths: 'utf-8',
  forward_access_token: false,
  forward_id_token: false,
};
const NONE: readonly Rule[] = [];

export function compileRules(routes: readonly Route[], options: { readonly takesBearer: boolean }): Rules {
  const rules = routes.map((route, index) => compileRule(route, index + 1, options.takesBearer));
  const otherwise = compileRule(OTHERWISE, undefined, options.takesBearer);
  return {
    rules,
    otherwise,
    exact: createShelf(rules, 'pattern'),
    folded: createShelf(rules, 'folded'),
    alone: new Map([...rules, otherwise].map((rule) => [rule, createRequirement([rule], [])])),
    hasCase: routes.some(({ path }) => hasCase(path)),
    takesBytes: routes.some(({ paths }) => paths === 'bytes'),
  };
}

function createShelf(rules: readonly Rule[], spelling: 'pattern' | 'folded'): Shelf {
  const keyOf = (rule: Rule) => {
    const { base, isPrefix } = rule[spelling];
    const segment = firstSegment(base);
    return segment.includes('*') || (isPrefix && base === '') ? undefined : segment;
  };
  const keys = new Set(rules.flatMap((rule) => keyOf(rule) ?? []));
  const met = (key: string | undefined) => rules.filter((rule) => [undefined, key].includes(keyOf(rule)));
  return { bySegment: new Map([...keys].map((key) => [key, met(key)])), others: met(undefined) };
}

function firstSegment(path: string): string {
  const slash = path.indexOf('/', 1);
  return slash === -1 ? path.slice(1) : path.slice(1, slash);
}

function compileRule(route: Route, index: number | undefined, takesBearer: boolean): Rule {
  const takes = (credential: Credential) => route.credentials?.includes(credential) ?? true;
  return {
    index,
    route,
    pattern: parsePattern(route.path),
    folded: parsePattern(route.path, true),
    credentials: { session: takes('session'), bearer: takesBearer && takes('bearer') },
  };
}

/** The first match wins. A rule in report mode does not win: it is noted, and the rules below it are tried. */
export function meetRule(rules: Rules, path: string, isFolded: boolean, terms: RequestTerms): Meeting {
  const compared = isFolded ? foldCase(path) : path;
  const { bySegment, others } = isFolded ? rules.folded : rules.exact;
  let reported = NONE;
  for (const rule of bySegment.get(firstSegment(compared)) ?? others) {
    if (!isMatch(isFolded ? rule.folded : rule.pattern, compared) || !isMeant(rule.route, terms)) continue;
    if (rule.route.mode !== 'report') return { rule, reported };
    reported = [...reported, rule];
  }
  return { rule: rules.otherwise, reported };
}

function isMeant({ methods, hosts }: Route, terms: RequestTerms): boolean {
  return (!methods || isMethodOf(methods, terms)) && (!hosts || isHostOf(hosts, terms.host));
}

/** `HEAD` is asked like `GET` (RFC 9110 §9.3.2). */
function isMethodOf(methods: readonly string[], { method, requestedMethod }: RequestTerms): boolean {
  return methods.some((each) => {
    const listed = each.toUpperCase();
    return (
      listed === method || listed === requestedMethod || (listed === 'GET' && (requestedMethod ?? method) === 'HEAD')
    );
  });
}

/** A host without a port stands for all its ports. */
function isHostOf(hosts: readonly string[], host: string): boolean {
  const full = host.toLowerCase().replace(/\.(?=$|:\d*$)/, '');
  const name = full.replace(/:\d*$/, '');
  return hosts.some((each) => {
    const listed = each.toLowerCase();
    return listed === full || listed === name;
  });
}
