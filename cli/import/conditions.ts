// Who may pass, as the other gateways say it (any of several conditions that have to hold together), and as much of it as one rule can say.
// What can't be said lets nobody pass. docs/routes.md: roles, orgs and claims of a rule all have to hold; of each list one item suffices.

import { CLOSED, type Fields } from './paths/rules.ts';

export type Atom =
  | { readonly kind: 'roles'; readonly values: readonly string[] }
  | { readonly kind: 'claim'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'amr'; readonly values: readonly string[] }
  /** What no rule can ask for. */
  | { readonly kind: 'lost'; readonly what: string };

/** All of them have to hold; none at all: whoever is signed in. */
export type Clause = readonly Atom[];

/** One of them suffices; none at all: nobody. */
export type Condition = readonly Clause[];

export interface Access {
  readonly fields: Fields;
  /** Whom the old configuration let pass and the rule does not, in words. */
  readonly lost: readonly string[];
}

export const ANYBODY: Condition = [[]];

export const lost = (what: string): Atom => ({ kind: 'lost', what });

/** `role`: by the operator's word, it may pass where the condition can't be said. */
export function sayCondition(condition: Condition, role?: string): Access {
  const told = condition.map((clause) => ({ clause, said: sayClause(clause) }));
  const merged = mergeAll(told.flatMap(({ said }) => (said === undefined ? [] : [said])));
  const [best, ...others] = merged.toSorted((a, b) => rank(a) - rank(b));
  const unsaid = told.filter(({ said }) => said === undefined).map(({ clause }) => describeClause(clause));
  if (best === undefined) {
    const fields = role === undefined || condition.length === 0 ? CLOSED : { roles: [role] };
    return { fields, lost: [...new Set(unsaid)] };
  }
  const dropped = isEmpty(best) ? [] : others.map(describeSaid);
  return { fields: toFields(best), lost: isEmpty(best) ? [] : [...new Set([...dropped, ...unsaid])] };
}

/** Both have to hold. */
export const both = (one: Condition, other: Condition): Condition =>
  one.flatMap((clause) => other.map((more) => [...clause, ...more]));

interface Said {
  readonly roles?: readonly string[] | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly claims: Readonly<Record<string, readonly string[]>>;
}

/** `undefined`: it can't be said. */
function sayClause(clause: Clause): Said | undefined {
  let roles: readonly string[] | undefined;
  let amr: readonly string[] | undefined;
  const claims: Record<string, readonly string[]> = Object.create(null);
  for (const atom of clause) {
    if (atom.kind === 'lost') return undefined;
    // Of two lists one item each is asked for; one of both satisfies both.
    if (atom.kind === 'roles') roles = common(roles, atom.values);
    else if (atom.kind === 'claim') claims[atom.name] = common(claims[atom.name], atom.values);
    else amr = [...new Set([...(amr ?? []), ...atom.values])];
  }
  const lists = [roles, ...Object.values(claims)].filter((list) => list !== undefined);
  return lists.some((list) => list.length === 0) ? undefined : { roles, amr, claims };
}

const common = (before: readonly string[] | undefined, values: readonly string[]): readonly string[] =>
  before === undefined ? [...new Set(values)] : before.filter((value) => values.includes(value));

/** Two that differ in one list alone are one with a longer list. */
function mergeAll(all: readonly Said[]): readonly Said[] {
  const result: Said[] = [];
  for (const said of all) {
    const index = result.findIndex((other) => merge(other, said) !== undefined);
    const other = result[index];
    const merged = other && merge(other, said);
    if (merged) result[index] = merged;
    else result.push(said);
  }
  return result.length < all.length ? mergeAll(result) : result;
}

function merge(one: Said, other: Said): Said | undefined {
  const [lists, others] = [listsOf(one), listsOf(other)];
  const names = Object.keys(lists);
  if (names.length !== Object.keys(others).length || names.some((name) => !(name in others))) return undefined;
  const different = names.filter((name) => !isSame(lists[name], others[name]));
  if (different.length > 1 || different.includes('amr')) return undefined;
  const [name = ''] = different;
  const joined = [...new Set([...(lists[name] ?? []), ...(others[name] ?? [])])];
  if (name === 'roles') return { ...one, roles: joined };
  return different.length === 0 ? one : { ...one, claims: { ...one.claims, [name.slice('claim '.length)]: joined } };
}

const listsOf = ({ roles, amr, claims }: Said): Readonly<Record<string, readonly string[]>> => ({
  ...(roles && { roles }),
  ...(amr && { amr }),
  ...Object.fromEntries(Object.entries(claims).map(([name, values]) => [`claim ${name}`, values])),
});

const isSame = (one: readonly string[] = [], other: readonly string[] = []): boolean =>
  one.length === other.length && one.every((value) => other.includes(value));

const isEmpty = (said: Said): boolean => Object.keys(listsOf(said)).length === 0;

/** Anybody, else roles, else what a claim says. */
const rank = (said: Said): number => (isEmpty(said) ? 0 : said.roles ? 1 : 2);

function toFields({ roles, amr, claims }: Said): Fields {
  return {
    ...(roles && { roles }),
    ...(Object.keys(claims).length > 0 && { claims: { ...claims } }),
    ...(amr && { amr }),
  };
}

const describeSaid = ({ roles, amr, claims }: Said): string =>
  describeClause([
    ...(roles ? [{ kind: 'roles', values: roles } as const] : []),
    ...Object.entries(claims).map(([name, values]) => ({ kind: 'claim', name, values }) as const),
    ...(amr ? [{ kind: 'amr', values: amr } as const] : []),
  ]);

function describeClause(clause: Clause): string {
  return clause.map(describeAtom).join(' and ');
}

function describeAtom(atom: Atom): string {
  if (atom.kind === 'lost') return atom.what;
  const list =
    atom.values.length > 3
      ? `${atom.values.slice(0, 3).join(', ')} and ${atom.values.length - 3} more`
      : atom.values.join(', ');
  if (atom.kind === 'roles') return `the role ${list}`;
  return atom.kind === 'amr' ? `signed in with ${list}` : `${atom.name} is ${list}`;
}
