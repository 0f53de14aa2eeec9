// Percent-decoding as servers do it again on what is decoded already: leniently, or with slashes left inside their segments; and the
// spellings of encoded bytes that are no UTF-8. ARCHITECTURE §1 One request, every reading; RFC 3986 §2.1; RFC 3629 §3, §10.

import { decodeStrictly, letterOf, spellAsLatin1 } from '../shared/path-text.ts';

/**
 * What a server makes of an already decoded path when it decodes once more. It decodes what can be decoded and leaves the rest, so that the
 * literal percent in `/100%25` is no error and hides nothing behind it. `undefined` for overlong UTF-8, which no honest client writes.
 */
export function decodeLeniently(path: string): string | undefined {
  const strict = decodeStrictly(path);
  if (strict !== undefined) return strict;
  let decoded = '';
  let done = 0;
  for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', at + 1)) {
    const code = codeAt(path, at);
    if (code === OVERLONG) return undefined;
    if (code === NONE) continue;
    decoded += path.slice(done, at) + String.fromCodePoint(code);
    done = at + lengthAt(path, at, code);
    at = done - 1;
  }
  return decoded + path.slice(done);
}

const NONE = -1;
const OVERLONG = -2;

/** The code point encoded at a `%`: one to four bytes of UTF-8, or IIS's `%u002f`. */
function codeAt(path: string, at: number): number {
  const lead = hexAt(path, at + 1, 2);
  if (lead === NONE) return isUtf16(path, at) ? hexAt(path, at + 2, 4) : NONE;
  if (lead < 0x80) return lead;
  const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  if (more === 0 || lead > 0xf4) return NONE;
  let code = lead & (0x3f >> more);
  for (let index = 1; index <= more; index++) {
    const next = path[at + 3 * index] === '%' ? hexAt(path, at + 3 * index + 1, 2) : NONE;
    if (next >> 6 !== 0b10) return NONE;
    code = (code << 6) | (next & 0x3f);
  }
  if (code < (more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000)) return OVERLONG;
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? NONE : code;
}

function lengthAt(path: string, at: number, code: number): number {
  if (isUtf16(path, at)) return 6;
  return code < 0x80 ? 3 : code < 0x800 ? 6 : code < 0x10000 ? 9 : 12;
}

function isUtf16(path: string, at: number): boolean {
  return path[at + 1] === 'u' || path[at + 1] === 'U';
}

function hexAt(path: string, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index++) {
    const code = path.charCodeAt(index) | 0x20;
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit === -1) return NONE;
    value = value * 16 + digit;
  }
  return value;
}

/** Hides `%2f` from the next decoding: routers that split first and decode then (Express, Rails, Go) keep such a slash inside its segment. */
export function keepEncodedSlashes(path: string): string {
  return path.includes('%2') ? path.replace(/%2f/gi, '%252F') : path;
}

/** For applications whose paths may be bytes of any encoding. Writes letters in place of encoded bytes; what stays encoded is UTF-8. */
export type Spelling = (path: string) => string;

/** What is UTF-8 stays, any other byte is a letter of Latin-1. */
const spellAsMixed: Spelling = (path) => respell(path, (_path, _at, byte) => [letterOf(byte), 3]);

/** Decoders that leave out what they don't understand. */
const spellWithoutOthers: Spelling = (path) => respell(path, () => ['', 3]);

/** Decoders that write `?` for it, at which the path may then be cut. */
const spellAsQuestionMarks: Spelling = (path) => respell(path, () => ['%3F', 3]);

/** Converters to ASCII that leave out the rest. */
const spellWithoutLetters: Spelling = (path) => path.replace(/%[89a-f][0-9a-f]/gi, '');

/** Decoders that know no wrong UTF-8: overlong forms (`%C0%AF` is `/`), surrogates one by one. */
const spellLeniently: Spelling = (path) =>
  respell(path, (_path, at, byte) => {
    const length = byte >= 0xf8 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    let code = byte & (0x7f >> length);
    for (let index = 1; index < length; index++) {
      const next = path[at + 3 * index] === '%' ? hexAt(path, at + 3 * index + 1, 2) : NONE;
      if (next >> 6 !== 0b10) return [letterOf(byte), 3];
      code = (code << 6) | (next & 0x3f);
    }
    if (length === 1 || code > 0x10ffff) return [letterOf(byte), 3];
    // ASCII stays encoded: what it hides is found like any other encoding.
    const text = code < 0x80 ? `%${code.toString(16).padStart(2, '0')}` : String.fromCodePoint(code);
    return [text, 3 * length];
  });

/** The readings in which all of the text is there; the first is the one that most applications have. */
export const TEXTS: readonly Spelling[] = [spellAsMixed, spellAsLatin1];
/** Also those that only odd decoders have. */
export const ALL_SPELLINGS: readonly Spelling[] = [
  ...TEXTS,
  spellWithoutOthers,
  spellAsQuestionMarks,
  spellWithoutLetters,
  spellLeniently,
];

/** Whether some byte above ASCII is encoded, once or several times. */
export const hasEncodedBytes = (path: string): boolean => /%(?:25)*[89a-f][0-9a-f]/i.test(path);

/** What stands for the byte at `at`, and how many characters of the path it takes the place of. */
type Respell = (path: string, at: number, byte: number) => readonly [text: string, length: number];

/** Asks about every encoded byte that is no part of well-formed UTF-8. */
function respell(path: string, spell: Respell): string {
  let spelled = '';
  let done = 0;
  for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', at)) {
    const code = codeAt(path, at);
    const byte = hexAt(path, at + 1, 2);
    if (code >= 0 || byte === NONE) {
      at += code >= 0 ? lengthAt(path, at, code) : 1;
      continue;
    }
    const [text, length] = spell(path, at, byte);
    spelled += path.slice(done, at) + text;
    at += length;
    done = at;
  }
  return spelled + path.slice(done);
}
