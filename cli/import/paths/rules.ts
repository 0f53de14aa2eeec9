// Rules as they are put together: lists in each of which the first that matches counts, multiplied into the one list that a gateway has.
// docs/routes.md.

import { isGlobMatch } from '../../../src/shared/path-text.ts';

/** As written in ROUTES, without what a request is matched by. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Rule {
  readonly path: string;
  readonly methods?: readonly string[] | undefined;
  readonly fields: Fields;
  /** Becomes a comment. */
  readonly why?: string | undefined;
}

export const EVERYWHERE = '/*';
export const CLOSED: Fields = { access: 'deny' };

export const isClosed = ({ access }: Fields): boolean => access === 'deny';

/**
 * One list out of several: a request meets in it what it would meet in each. Where two paths can't be laid over each other, the rule is
 * closed. The last rule of each list has to match everything.
 */
export function multiply(first: readonly Rule[], second: readonly Rule[]): readonly Rule[] {
  const all = first.flatMap((one) => second.flatMap((other) => meetRules(one, other)));
  return withoutRepeats(all);
}

function meetRules(one: Rule, other: Rule): readonly Rule[] {
  const methods = meetMethods(one.methods, other.methods);
  const path = meetPaths(one.path, other.path);
  if (methods === 'none' || path === 'none') return [];
  const why = [one.why, other.why].filter((each) => each !== undefined).join('; ') || undefined;
  if (path === 'unknown') {
    const closing = `${one.path} and ${other.path} can’t be laid over each other`;
    return [{ path: one.path, methods, fields: CLOSED, why: why === undefined ? closing : `${why}; ${closing}` }];
  }
  return [{ path, methods, fields: tidy({ ...one.fields, ...other.fields }), why }];
}

const OF_SOMEBODY = [
  'roles',
  'claims',
  'amr',
  'max_age',
  'unauthenticated',
  'forward_access_token',
  'forward_id_token',
];

/** Where nobody passes, or everybody does, the fields that ask who it is would never be looked at. */
function tidy(fields: Fields): Fields {
  if (isClosed(fields)) return CLOSED;
  if (fields['access'] !== 'public') return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !OF_SOMEBODY.includes(name)));
}

function meetMethods(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined | 'none' {
  if (one === undefined || other === undefined) return one ?? other;
  const both = one.filter((method) => other.includes(method));
  return both.length > 0 ? both : 'none';
}

interface Shape {
  readonly isPrefix: boolean;
  readonly segments: readonly string[];
}

function shapeOf(path: string): Shape {
  const isPrefix = path.endsWith('/*');
  const plain = path.replace(isPrefix ? /\/\*$/ : /\/$/, '');
  return { isPrefix, segments: plain === '' ? [] : plain.slice(1).split('/') };
}

/** The path that has just what both have. */
export function meetPaths(one: string, other: string): string | 'none' | 'unknown' {
  if (one === other) return one;
  const [a, b] = [shapeOf(one), shapeOf(other)];
  const [long, short] = a.segments.length >= b.segments.length ? [a, b] : [b, a];
  if (!short.isPrefix && long.segments.length > short.segments.length) return 'none';
  const segments: string[] = [];
  for (const [index, segment] of long.segments.entries()) {
    const met = index < short.segments.length ? meetSegments(segment, short.segments[index] ?? '') : segment;
    if (met === undefined) return 'none';
    segments.push(met);
  }
  if (segments.includes('')) return 'unknown';
  const isPrefix = long.isPrefix && short.isPrefix;
  const plain = `/${segments.join('/')}`;
  if (!isPrefix) return plain.endsWith('/*') ? 'unknown' : plain;
  return plain === '/' ? EVERYWHERE : `${plain}/*`;
}

/** `undefined`: nothing is both; empty: not to be told. */
function meetSegments(one: string, other: string): string | undefined {
  if (one === other || other === '*') return one;
  if (one === '*') return other;
  const [first, second] = [one.includes('*'), other.includes('*')];
  if (first && second) return meetGlobs(one, other);
  if (first) return isGlobMatch(one.split('*'), other) ? other : undefined;
  return second && isGlobMatch(other.split('*'), one) ? one : undefined;
}

function meetGlobs(one: string, other: string): string | undefined {
  const areApart = (a = '', b = '', at: 'startsWith' | 'endsWith') => !a[at](b) && !b[at](a);
  const [these, those] = [one.split('*'), other.split('*')];
  if (areApart(these[0], those[0], 'startsWith') || areApart(these.at(-1), those.at(-1), 'endsWith')) return undefined;
  const areBeginnings = [these, those].every((parts) => parts.length === 2 && parts[1] === '');
  return areBeginnings ? [one, other].sort((a, b) => b.length - a.length)[0] : '';
}

/** A rule whose requests an equal one above it takes, and rules at the end that say nothing. */
function withoutRepeats(rules: readonly Rule[]): readonly Rule[] {
  const seen = new Set<string>();
  return rules.filter(({ path, methods }) => {
    const key = JSON.stringify([path, methods]);
    if (seen.has(key) || seen.has(JSON.stringify([path, null]))) return false;
    seen.add(key);
    return true;
  });
}

/** What a gateway does anyway need not be said, where nothing below says otherwise. */
export function withoutEnd(rules: readonly Rule[]): readonly Rule[] {
  const last = rules.at(-1);
  return last !== undefined && Object.keys(last.fields).length === 0 ? withoutEnd(rules.slice(0, -1)) : rules;
}
