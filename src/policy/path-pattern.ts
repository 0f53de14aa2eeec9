// A rule's path: exact, or a folder with all that is in it (`/*` at the end), each with `*` inside segments. No regular expressions, no backtracking.
// ARCHITECTURE §1 Routes, field `path`.

import { isGlobMatch } from '../shared/path-text.ts';
import { foldCase } from './path-steps.ts';

export interface PathPattern {
  /** Covers everything below, too. */
  readonly isPrefix: boolean;
  /** Without a slash at its end and without `/*`; `''` is the root. */
  readonly base: string;
  /** Per segment of `base` the texts between its `*`; only where `base` has one. */
  readonly globs?: readonly (readonly string[])[];
}

/** `path` is written decoded. `isFolded` makes the pattern that is compared with folded readings. */
export function parsePattern(path: string, isFolded = false): PathPattern {
  const isPrefix = path.endsWith('/*');
  const written = isPrefix ? path.slice(0, -2) : path.replace(/\/$/, '');
  const base = isFolded ? foldCase(written) : written;
  if (!base.includes('*')) return { isPrefix, base };
  return {
    isPrefix,
    base,
    globs: base
      .split('/')
      .slice(1)
      .map((segment) => segment.split('*')),
  };
}

export function isMatch({ isPrefix, base, globs }: PathPattern, path: string): boolean {
  if (globs) return isPathMatch(globs, isPrefix, path);
  if (!path.startsWith(base)) return false;
  const rest = path.length - base.length;
  return rest === 0 || (path[base.length] === '/' && (isPrefix || rest === 1));
}

function isPathMatch(globs: readonly (readonly string[])[], isPrefix: boolean, path: string): boolean {
  let at = 0;
  for (const glob of globs) {
    if (path[at] !== '/') return false;
    const slash = path.indexOf('/', at + 1);
    const end = slash === -1 ? path.length : slash;
    if (!isGlobMatch(glob, path.slice(at + 1, end))) return false;
    at = end;
  }
  return isPrefix || path.length - at <= 1;
}
