// How the text of a path is read by whoever judges it and by whoever sends it on: percent-decoding, `*` in a segment, a rule's prefix.
// ARCHITECTURE §1 Routes; RFC 3986 §2.1.

/** `%` not followed by two hexadecimal digits. */
const BROKEN = /%(?![0-9a-f]{2})/i;

/** `undefined`: not to be decoded (a stray `%`, or bytes that are no UTF-8). */
export function decodeStrictly(path: string): string | undefined {
  if (!path.includes('%')) return path;
  if (BROKEN.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    if (cause instanceof URIError) return undefined;
    throw cause;
  }
}

/** What windows-1252 has at 0x80 to 0x9F, as WHATWG's `latin1` does. What it leaves free stands for no letter. */
const WINDOWS_1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ';

/** A byte above ASCII, read as a letter by itself. */
export function letterOf(byte: number): string {
  return WINDOWS_1252[byte - 0x80] ?? String.fromCharCode(byte);
}

/** Every encoded byte above ASCII becomes a letter; the rest stays encoded. */
export function spellAsLatin1(path: string): string {
  return path.replace(/%[89a-f][0-9a-f]/gi, (code) => letterOf(Number.parseInt(code.slice(1), 16)));
}

/** As UTF-8, or else as Latin-1. `undefined`: a stray `%`. */
export function decodeEitherWay(path: string): string | undefined {
  return decodeStrictly(path) ?? decodeStrictly(spellAsLatin1(path));
}

/**
 * `texts` are what stands between the `*` of a pattern, each of which takes any number of the segment's characters, none included. Each
 * text is sought once, from the left: no backtracking.
 */
export function isGlobMatch(texts: readonly string[], segment: string): boolean {
  const first = texts[0] as string;
  if (texts.length === 1) return segment === first;
  const last = texts[texts.length - 1] as string;
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false;
  let at = first.length;
  for (const text of texts.slice(1, -1)) {
    const found = segment.indexOf(text, at);
    if (found === -1) return false;
    at = found + text.length;
  }
  return at <= segment.length - last.length;
}

/**
 * The bytes at the front of a path that spell a rule's prefix, which strip_prefix takes away. `raw` as sent, with or without its query;
 * `prefix` written decoded, `*` matching within a segment. `undefined`: only another reading has the prefix. `//api/x` meets the rule of
 * `/api/*`, but what to cut from it is a guess.
 */
export function spelledPrefix(raw: string, prefix: string): string | undefined {
  let at = 0;
  for (const wanted of prefix.split('/').slice(1)) {
    const end = endOfSegment(raw, at + 1);
    if (raw[at] !== '/' || !isSpelled(raw.slice(at + 1, end), wanted)) return undefined;
    at = end;
  }
  return raw.slice(0, at);
}

function endOfSegment(raw: string, from: number): number {
  let end = from;
  while (end < raw.length && raw[end] !== '/' && raw[end] !== '?') end++;
  return end;
}

function isSpelled(raw: string, wanted: string): boolean {
  if (raw === wanted) return true;
  // Bytes that are no UTF-8 have come through a rule that takes them, or not at all.
  const segment = decodeEitherWay(raw);
  return segment !== undefined && isGlobMatch(wanted.split('*'), segment);
}
