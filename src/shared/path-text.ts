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
  const segment = decodeStrictly(raw);
  return segment !== undefined && isGlobMatch(wanted.split('*'), segment);
}
