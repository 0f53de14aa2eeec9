// The paths of rules that stand for a regular expression: those that are surely within it, to open something by, and those that surely
// hold it, to close something by. docs/routes.md: `*` within a segment, `/*` at the end.

import { judgePath } from '../../../src/config/route-path.ts';
import { Wanted } from '../../../src/config/values.ts';
import { type Piece, parseWords, type Word } from './regex-words.ts';

export interface RegexPaths {
  /** Every path of these matches the expression, a slash at the end of one aside. */
  readonly within: readonly string[];
  /** Every match of the expression is a path of these. */
  readonly around: readonly string[];
  /** Both are the same. */
  readonly isExact: boolean;
  /** Some that match are not within: people will miss them. */
  readonly isNarrow: boolean;
}

interface Reading {
  /** Matches the whole path, as Envoy does; else any part of it. */
  readonly isWhole?: boolean;
}

/** How deep `.*` in the middle reaches: a rule has no sign for any number of folders. */
const DEPTHS = ['*', '*/*', '*/*/*'];
const EVERYTHING = '/*';
const CLOSED: RegexPaths = { within: [], around: [EVERYTHING], isExact: false, isNarrow: true };

export function pathsOfRegex(pattern: string, { isWhole = false }: Reading = {}): RegexPaths {
  const parsed = parseWords(pattern);
  if (parsed === undefined) return CLOSED;
  const words = parsed.words.map((word) => anchor(word, isWhole));
  if (words.includes(undefined)) return CLOSED;
  const told = words.filter((word) => word !== undefined).map(tell);
  return {
    within: [...new Set(told.flatMap(({ within }) => within))],
    around: [...new Set(told.map(({ around }) => around))],
    isExact: told.every(({ within, around }) => within.length === 1 && within[0] === around),
    isNarrow: told.some(({ within, isLoose }) => within.length !== 1 || (isLoose && within[0] !== EVERYTHING)),
  };
}

const tell = (word: Anchored) => ({
  within: pathsWithin(word),
  around: pathAround(word),
  isLoose: !word.isAtStart,
});

interface Anchored {
  readonly pieces: readonly Piece[];
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  /** Something has to stand before it. */
  readonly hasBefore: boolean;
}

/** `undefined`: an anchor in the middle. */
function anchor(word: Word, isWhole: boolean): Anchored | undefined {
  let pieces = word;
  const isAtStart = isWhole || pieces[0]?.kind === 'start';
  while (pieces[0]?.kind === 'start') pieces = pieces.slice(1);
  const isAtEnd = isWhole || pieces.at(-1)?.kind === 'end';
  while (pieces.at(-1)?.kind === 'end') pieces = pieces.slice(0, -1);
  if (pieces.some(({ kind }) => kind === 'start' || kind === 'end')) return undefined;
  const [first, ...rest] = pieces;
  // `^.*x` is `x` wherever it stands.
  const isLoose = !isAtStart || first?.kind === 'any';
  const hasBefore = first?.kind === 'any' && first.min > 0;
  return { pieces: first?.kind === 'any' ? rest : pieces, isAtStart: !isLoose, isAtEnd, hasBefore };
}

function pathsWithin({ pieces, isAtStart, isAtEnd, hasBefore }: Anchored): readonly string[] {
  const [first] = pieces;
  if (first === undefined) return isAtStart && isAtEnd ? [] : [EVERYTHING];
  const beginsWithSlash = first.kind === 'text' && first.text.startsWith('/');
  if (isAtStart && !beginsWithSlash) return [];
  // What ends in a whole segment of `*` would mean all that is below it.
  let paths = isAtStart || (beginsWithSlash && !hasBefore) ? [''] : DEPTHS.map((depth) => `/${depth}`);
  for (const [index, piece] of pieces.entries()) {
    // `^/.+` is not the first page, nor `^/a.+` the page /a, and all below them can't be said without them.
    if (piece.kind === 'any' && index === pieces.length - 1)
      return sound(paths.filter((path) => piece.min === 0 || /[^/]\/$/.test(path)).map(everythingBelow));
    const texts = textsWithin(piece);
    paths = paths.flatMap((path) =>
      texts.filter((_text) => standsForAll(piece, path, pieces[index + 1])).map((text) => path + text),
    );
  }
  return sound(isAtEnd ? paths.filter((path) => !/\/\*\/?$/.test(path)) : paths.map(everythingBelow));
}

function textsWithin(piece: Piece): readonly string[] {
  if (piece.kind === 'text') return piece.text.includes('*') ? [] : [piece.text];
  if (piece.kind === 'segment') return ['*'];
  if (piece.kind === 'any') return DEPTHS;
  return piece.kind === 'other' && piece.sample !== undefined ? [piece.sample] : [];
}

/** A `*` may also stand for nothing: for `.+` and `[^/]+` only where a whole segment is meant, which is never empty. */
function standsForAll(piece: Piece, before: string, next: Piece | undefined): boolean {
  if (!('min' in piece) || piece.min === 0) return true;
  return before.endsWith('/') && next?.kind === 'text' && next.text.startsWith('/');
}

/** `/x/*` with `/*` behind it has `/x/`, too, where the segment is empty. */
const sound = (paths: readonly string[]): readonly string[] => [
  ...new Set(
    paths.filter((path) => path !== '' && !/\/\/|\/\*\/\*$/.test(path) && !(judgePath(path) instanceof Wanted)),
  ),
];

function pathAround({ pieces, isAtStart, isAtEnd }: Anchored): string {
  if (!isAtStart) return EVERYTHING;
  let path = '';
  for (const piece of pieces) {
    const isFree = piece.kind === 'any' || (piece.kind === 'other' && piece.maySlash);
    if (isFree || (piece.kind === 'text' && piece.text.includes('*'))) return wide(everythingBelow(path));
    path += piece.kind === 'text' ? piece.text : '*';
  }
  return wide(isAtEnd ? path : everythingBelow(path));
}

function wide(path: string): string {
  return judgePath(path) instanceof Wanted ? EVERYTHING : path;
}

/** What begins so: `/public` has `/publicity` and all below both. */
const everythingBelow = (path: string): string => {
  if (path === '' || path === '/') return EVERYTHING;
  return path.endsWith('/') ? `${path}*` : `${path.replace(/\*+$/, '')}*/*`;
};
