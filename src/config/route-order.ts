// Rules that can never be reached, because an earlier one takes all their requests (in doubt nothing is reported), or not in every encoding.
// ARCHITECTURE §1 Routes: the first match wins; a rule in report mode lets its requests go on to the rules below it.

import { isGlobMatch } from '../shared/path-text.ts';
import type { Route } from './schema.ts';

/** One sentence for each rule that is never reached, rules counted from 1. */
export function findUnreachable(routes: readonly Route[]): readonly string[] {
  const paths = routes.map(({ path }) => splitPath(path));
  return routes.flatMap((route, i) => {
    const earlier = paths.findIndex((path, j) => j >= i || (coversPath(path, paths[i]) && covers(routes[j], route)));
    const cover = routes[earlier];
    if (cover === undefined || earlier >= i) return [];
    return `ROUTES: route ${i + 1} (${route.path}) is never reached, because route ${earlier + 1} (${cover.path}) comes first and covers it`;
  });
}

/** Paths of rules that have letters beyond Latin-1, where a rule takes bytes: other encodings' spellings of them are not found. */
export function findUnspelled(routes: readonly Route[]): readonly string[] {
  const folders = routes.filter(({ paths }) => paths === 'bytes').map(({ path }) => splitPath(path));
  return routes.flatMap(({ path }, i) => {
    const isBelow = /[^\0-\xff]/.test(path) && folders.some((folder) => coversPath(folder, splitPath(path)));
    return isBelow ? `ROUTES: route ${i + 1} (${path}) is found in UTF-8 only, below one with paths = "bytes"` : [];
  });
}

function covers(earlier: Route | undefined, later: Route): boolean {
  if (earlier?.mode !== 'enforce') return false;
  return includesAll(earlier.methods, later.methods) && includesAll(earlier.hosts, later.hosts);
}

/** No limit covers any limit; a limit covers one that is no wider. */
function includesAll(earlier: readonly string[] | undefined, later: readonly string[] | undefined): boolean {
  return earlier === undefined || (later?.every((value) => earlier.includes(value)) ?? false);
}

interface RulePath {
  readonly isPrefix: boolean;
  readonly segments: readonly string[];
}

function coversPath(cover: RulePath | undefined, covered: RulePath | undefined): boolean {
  if (cover === undefined || covered === undefined) return false;
  if (!cover.isPrefix && (covered.isPrefix || cover.segments.length !== covered.segments.length)) return false;
  return cover.segments.every((segment, i) => coversSegment(segment, covered.segments[i]));
}

function splitPath(path: string): RulePath {
  const isPrefix = path.endsWith('/*');
  const plain = path.replace(isPrefix ? /\/\*$/ : /\/$/, '');
  return { isPrefix, segments: plain === '' ? [] : plain.slice(1).split('/') };
}

function coversSegment(cover: string, covered: string | undefined): boolean {
  if (covered === undefined || covered === '') return false;
  if (cover === covered || cover === '*') return true;
  if (!cover.includes('*') || covered.includes('*')) return false;
  return isGlobMatch(cover.split('*'), covered);
}
