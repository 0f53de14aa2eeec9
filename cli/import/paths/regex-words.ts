// A regular expression of another gateway as words: every way through its alternatives, piece by piece. What can't be told this way is
// `undefined`, and its rule is closed. RE2 (Go) and PCRE (Apache) as far as paths need them.

/** `sample`: a text that the piece surely matches. What `maySlash` says no to stays within a segment. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'start' | 'end' }
  /** `.*`, or with `min` 1 `.+`. */
  | { readonly kind: 'any'; readonly min: number }
  /** `[^/]*`, or with `min` 1 `[^/]+`. */
  | { readonly kind: 'segment'; readonly min: number }
  | { readonly kind: 'other'; readonly maySlash: boolean; readonly sample?: string };

export type Word = readonly Piece[];

export interface Words {
  readonly words: readonly Word[];
  readonly ignoresCase: boolean;
}

const MOST_WORDS = 48;
const SPECIAL = /[\\^$.|?*+()[\]{}]/;
const ANCHORS: Readonly<Record<string, 'start' | 'end'>> = { A: 'start', z: 'end', Z: 'end' };
/** Classes of single letters; of these only the capitals can take a slash. */
const CLASSES = /^[dDwWsS]$/;

/** `[^/]`, once. */
const ONE_OF_SEGMENT: Piece = { kind: 'other', maySlash: false };

class Untold extends Error {}

export function parseWords(pattern: string): Words | undefined {
  const ignoresCase = /^\^?\(\?i\)/.test(pattern);
  const reader = createReader(pattern.replace(/^(\^?)\(\?i\)/, '$1'));
  try {
    const words = readAlternatives(reader);
    return reader.isAtEnd() ? { words: words.map(joinTexts), ignoresCase } : undefined;
  } catch (cause) {
    if (cause instanceof Untold) return undefined;
    throw cause;
  }
}

interface Reader {
  readonly isAtEnd: () => boolean;
  readonly peek: (length?: number) => string;
  readonly take: (length?: number) => string;
  /** What stands here and matches. */
  readonly match: (pattern: RegExp) => RegExpExecArray | undefined;
}

function createReader(text: string): Reader {
  let at = 0;
  return {
    isAtEnd: () => at >= text.length,
    peek: (length = 1) => text.slice(at, at + length),
    take: (length = 1) => {
      at += length;
      return text.slice(at - length, at);
    },
    match: (pattern) => {
      const found = pattern.exec(text.slice(at));
      if (found?.index !== 0) return undefined;
      at += found[0].length;
      return found;
    },
  };
}

function readAlternatives(reader: Reader): readonly Word[] {
  const words = [...readSequence(reader)];
  while (reader.peek() === '|') {
    reader.take();
    words.push(...readSequence(reader));
  }
  return bounded(words);
}

function readSequence(reader: Reader): readonly Word[] {
  let words: readonly Word[] = [[]];
  while (!reader.isAtEnd() && !'|)'.includes(reader.peek())) {
    const next = quantify(readAtom(reader), reader);
    words = bounded(words.flatMap((word) => next.map((more) => [...word, ...more])));
  }
  return words;
}

function readAtom(reader: Reader): readonly Word[] {
  const sign = reader.take();
  if (sign === '^') return [[{ kind: 'start' }]];
  if (sign === '$') return [[{ kind: 'end' }]];
  if (sign === '.') return [[{ kind: 'other', maySlash: true, sample: '.' }]];
  if (sign === '(') return readGroup(reader);
  if (sign === '[') return readClass(reader);
  if (sign === '\\') return [readEscape(reader)];
  if (SPECIAL.test(sign)) throw new Untold();
  return [[{ kind: 'text', text: sign }]];
}

function readGroup(reader: Reader): readonly Word[] {
  // A name, or no group at all; what looks ahead or changes a flag is not told.
  reader.match(/\?:|\?P?<[A-Za-z_]\w*>/);
  if (reader.peek() === '?') throw new Untold();
  const words = readAlternatives(reader);
  if (reader.take() !== ')') throw new Untold();
  return words;
}

function readEscape(reader: Reader): Word {
  const sign = reader.take();
  const anchor = ANCHORS[sign];
  if (anchor !== undefined) return [{ kind: anchor }];
  if (CLASSES.test(sign)) return [{ kind: 'other', maySlash: 'DWS'.includes(sign) }];
  if (sign === '' || /[A-Za-z0-9]/.test(sign)) throw new Untold();
  return [{ kind: 'text', text: sign }];
}

function readClass(reader: Reader): readonly Word[] {
  const found = reader.match(/(\^?)(\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*)\]/s);
  if (!found) throw new Untold();
  const [, negation, members = ''] = found;
  if (negation) return [[/^\\?\/$/.test(members) ? ONE_OF_SEGMENT : { kind: 'other', maySlash: true }]];
  if (/^\\[^A-Za-z0-9]$/.test(members)) return [[{ kind: 'text', text: members.slice(1) }]];
  if (/^[\w./]{1,8}$/.test(members)) return [...members].map((sign) => [{ kind: 'text', text: sign }]);
  const isPlain = /^(?:\w-\w|\\[dw.+@~-]|[\w .~@%+-])+$/.test(members);
  return [[{ kind: 'other', maySlash: !isPlain }]];
}

function quantify(atom: readonly Word[], reader: Reader): readonly Word[] {
  const found = reader.match(/(?:([*+?])|\{(\d+)(,?)(\d*)\})[?+]?/);
  const only = atom.length === 1 && atom[0]?.length === 1 ? atom[0][0] : undefined;
  if (!found) return atom;
  const [, sign, least, comma, most] = found;
  const min = sign === '+' ? 1 : Number(least ?? 0);
  const max = sign === '?' ? 1 : sign !== undefined || (comma && !most) ? Infinity : Number(most || least);
  if (min === 1 && max === 1) return atom;
  if (max === Infinity && min <= 1) {
    if (only?.kind === 'other' && only.sample === '.') return [[{ kind: 'any', min }]];
    if (only === ONE_OF_SEGMENT) return [[{ kind: 'segment', min }]];
  }
  if (min === 0 && max === 1) return bounded([...atom, []]);
  const maySlash = atom.some((word) => word.some(isSlashed));
  // Nothing at all is one way through, where it may be missing.
  const repeated: Word = [{ kind: 'other', maySlash }];
  return min === 0 ? [repeated, []] : [repeated];
}

function isSlashed(piece: Piece): boolean {
  if (piece.kind === 'text') return piece.text.includes('/');
  return piece.kind === 'any' || (piece.kind === 'other' && piece.maySlash);
}

function bounded(words: readonly Word[]): readonly Word[] {
  if (words.length > MOST_WORDS) throw new Untold();
  return words;
}

function joinTexts(word: Word): Word {
  const joined: Piece[] = [];
  for (const piece of word) {
    const last = joined.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { kind: 'text', text: last.text + piece.text };
    else joined.push(piece);
  }
  return joined;
}
