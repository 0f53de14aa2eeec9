// Rules that can never be reached, because an earlier one takes all their requests. Careful: silent where in doubt.
// Design §1 Routes: the first match wins; a rule in report mode lets its requests go on to the rules below it.

import type { Route } from './schema.ts';

/** One sentence for each rule that is never reached, rules counted from 1. */
export function findUnreachable(routes: readonly Route[]): readonly string[] {
  return routes.flatMap((route, i) => {
    const earlier = routes.findIndex((candidate, j) => j < i && covers(candidate, route));
    const cover = routes[earlier];
    if (cover === undefined) return [];
    return `ROUTES: route ${i + 1} (${route.path}) is never reached, because route ${earlier + 1} (${cover.path}) comes first and covers it`;
  });
}

function covers(earlier: Route, later: Route): boolean {
  return (
    earlier.mode === 'enforce' &&
    includesAll(earlier.methods, later.methods) &&
    includesAll(earlier.hosts, later.hosts) &&
    coversPath(earlier.path, later.path)
  );
}

/** No limit covers any limit; a limit covers one that is no wider. */
function includesAll(earlier: readonly string[] | undefined, later: readonly string[] | undefined): boolean {
  return earlier === undefined || (later?.every((value) => earlier.includes(value)) ?? false);
}

function coversPath(earlier: string, later: string): boolean {
  const cover = segments(earlier);
  const covered = segments(later);
  if (!cover.isPrefix && (covered.isPrefix || cover.parts.length !== covered.parts.length)) return false;
  return cover.parts.every((part, i) => coversSegment(part, covered.parts[i]));
}

function segments(path: string): { readonly isPrefix: boolean; readonly parts: readonly string[] } {
  const isPrefix = path.endsWith('/*');
  const plain = path.replace(isPrefix ? /\/\*$/ : /\/$/, '');
  return { isPrefix, parts: plain === '' ? [] : plain.slice(1).split('/') };
}

function coversSegment(cover: string, covered: string | undefined): boolean {
  if (covered === undefined || covered === '') return false;
  if (cover === covered || cover === '*') return true;
  if (!cover.includes('*') || covered.includes('*')) return false;
  return matchesWildcard(cover.split('*'), covered);
}

/** Whether the pieces between the stars occur in this order, the first at the start and the last at the end. */
function matchesWildcard(pieces: readonly string[], segment: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  if (!segment.startsWith(first) || !segment.endsWith(last) || segment.length < first.length + last.length)
    return false;
  let position = first.length;
  for (const piece of rest) {
    const found = segment.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= segment.length - last.length;
}
