// The single steps in which servers change a path before they look at it. Each is linear in the path and returns what it was given when it changes nothing.
// Design §1 One request, every reading; RFC 3986 §2.1, §5.2.4; RFC 3629 §3.

/** `%` not followed by two hexadecimal digits. */
const BROKEN = /%(?![0-9a-f]{2})/i;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
const DOT_OR_BLANK_END = /[.\s\u0085](?:\/|$)/;
const BLANK = /[\s\u0085]/;

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
 * What a server that decodes once more makes of an already decoded path: it decodes what can be decoded and leaves the rest, so that the
 * literal percent in `/100%25` neither offends nor hides what stands behind it. `undefined`: overlong UTF-8, which nobody writes honestly.
 */
export function decodeLeniently(path: string): string | undefined {
  const strict = decodeStrictly(path);
  if (strict !== undefined) return strict;
  let decoded = '';
  let done = 0;
  for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', at)) {
    const [text, end] = decodeCharacter(path, at);
    if (text === undefined) return undefined;
    if (text !== '') {
      decoded += path.slice(done, at) + text;
      done = end;
    }
    at = end;
  }
  return decoded + path.slice(done);
}

/** The character encoded at a `%`, and where the path goes on; `''` when there is none, `undefined` when it is overlong. */
function decodeCharacter(path: string, at: number): readonly [string | undefined, number] {
  // IIS also knows %u002f
  const utf16 = path[at + 1]?.toLowerCase() === 'u' ? hexAt(path, at + 2, 4) : -1;
  if (utf16 !== -1) return [String.fromCharCode(utf16), at + 6];
  const lead = hexAt(path, at + 1, 2);
  if (lead === -1) return ['', at + 1];
  if (lead < 0x80) return [String.fromCharCode(lead), at + 3];
  const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  if (more === 0 || lead > 0xf4) return ['', at + 3];
  let code = lead & (0x3f >> more);
  for (let index = 1; index <= more; index++) {
    const next = path[at + 3 * index] === '%' ? hexAt(path, at + 3 * index + 1, 2) : -1;
    if (next >> 6 !== 0b10) return ['', at + 3];
    code = (code << 6) | (next & 0x3f);
  }
  if (code < (more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000)) return [undefined, at];
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return ['', at + 3];
  return [String.fromCodePoint(code), at + 3 * (more + 1)];
}

function hexAt(path: string, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index++) {
    const code = path.charCodeAt(index) | 0x20;
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Hides `%2f` from the next decoding: routers that split first and decode then (Express, Rails, Go) keep such a slash inside its segment. */
export function keepEncodedSlashes(path: string): string {
  return path.includes('%2') ? path.replace(/%2f/gi, '%252F') : path;
}

export function turnBackslashes(path: string): string {
  return path.includes('\\') ? path.replace(/\\/g, '/') : path;
}

export function collapseSlashes(path: string): string {
  return path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
}

/** `/a;jsessionid=1/b` → `/a/b`, segment by segment, `..;` too. */
export function removeParameters(path: string): string {
  return path.includes(';') ? path.replace(/;[^/]*/g, '') : path;
}

/** `undefined`: climbs out of the root. */
export function resolveDots(path: string): string | undefined {
  if (!DOT_SEGMENT.test(path)) return path;
  const segments = path.split('/');
  const kept: string[] = [];
  const last = segments.length - 1;
  for (let index = 1; index <= last; index++) {
    const segment = segments[index] as string;
    const isDots = segment === '.' || segment === '..';
    if (segment === '..' && kept.pop() === undefined) return undefined;
    if (!isDots) kept.push(segment);
    else if (index === last) kept.push('');
  }
  return `/${kept.join('/')}`;
}

/** Windows, and applications that trim: `/admin./x`, `/admin /x`. `.. ` is the folder above, not an empty name. */
export function dropTrailingDots(path: string): string {
  if (!DOT_OR_BLANK_END.test(path)) return path;
  let trimmed = '';
  let done = 0;
  for (let start = 1; start <= path.length; ) {
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    const kept = trimmedEnd(path, start, end);
    if (kept !== end) {
      trimmed += path.slice(done, kept);
      done = end;
    }
    start = end + 1;
  }
  return trimmed + path.slice(done);
}

function trimmedEnd(path: string, start: number, segmentEnd: number): number {
  let end = segmentEnd;
  while (end > start && isBlank(path.charCodeAt(end - 1))) end--;
  const isDotSegment =
    (end - start === 1 && path[start] === '.') || (end - start === 2 && path.startsWith('..', start));
  if (isDotSegment) return end;
  while (end > start && (path[end - 1] === '.' || isBlank(path.charCodeAt(end - 1)))) end--;
  return end;
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x85 && BLANK.test(String.fromCharCode(code)));
}

/** To upper case, by way of lower case: it also unites `ſ` and `s`, `ı` and `i`, `ς` and `σ`, and depends on no neighbour. */
export function foldCase(path: string): string {
  return path.toLowerCase().toUpperCase();
}

/** Whether folding can matter to a path: it is not what its capitals say in small letters. */
export function hasCase(path: string): boolean {
  return path.toLowerCase() !== path || path.toUpperCase().toLowerCase() !== path;
}
