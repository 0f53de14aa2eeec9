// The bytes at the front of a path that spell a rule's prefix: what strip_prefix takes away, for who judges the rest and for who sends it.
// Design §1 `strip_prefix`; RFC 3986 §2.1.

/**
 * `raw` as sent, with or without its query; `prefix` written decoded, `*` matching within a segment. `undefined`: only another reading has
 * the prefix. `//api/x` meets the rule of `/api/*`, but what to cut from it is a guess.
 */
export function spelledPrefix(raw: string, prefix: string): string | undefined {
  let at = 0;
  for (const wanted of prefix.split('/').slice(1)) {
    const end = endOfSegment(raw, at + 1);
    if (raw[at] !== '/' || !isSegment(raw.slice(at + 1, end), wanted)) return undefined;
    at = end;
  }
  return raw.slice(0, at);
}

function endOfSegment(raw: string, from: number): number {
  let end = from;
  while (end < raw.length && raw[end] !== '/' && raw[end] !== '?') end++;
  return end;
}

function isSegment(raw: string, wanted: string): boolean {
  if (raw === wanted) return true;
  const segment = decodeSegment(raw);
  if (!wanted.includes('*')) return segment === wanted;
  const [first = '', ...texts] = wanted.split('*');
  if (segment === undefined || !segment.startsWith(first)) return false;
  const last = texts.pop() ?? '';
  let at = first.length;
  for (const text of texts) {
    const found = segment.indexOf(text, at);
    if (found === -1) return false;
    at = found + text.length;
  }
  return segment.endsWith(last) && segment.length - last.length >= at;
}

function decodeSegment(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
