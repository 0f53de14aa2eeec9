// The steps beside decoding by which servers tidy a path up. Each takes time linear in the path, and returns its input when it changes nothing.
// ARCHITECTURE §1 One request, every reading; RFC 3986 §5.2.4.

const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
const DOT_OR_BLANK_END = /[.\s](?:\/|$)/;
const BLANK = /\s/;

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

/** Servers that decode before they look for the query: `/a%3fb` is `/a`. */
export function cutAtQuestionMark(path: string): string {
  return cutAt(path, '?');
}

export function cutAtHash(path: string): string {
  return cutAt(path, '#');
}

function cutAt(path: string, sign: string): string {
  const end = path.indexOf(sign);
  return end === -1 ? path : path.slice(0, end);
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

/** Windows does this, and applications that trim: `/admin./x`, `/admin /x`. `.. ` becomes the folder above, not an empty name. */
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

/** Both loops end at the slash in front of the segment. */
function trimmedEnd(path: string, start: number, segmentEnd: number): number {
  let end = segmentEnd;
  while (isBlank(path.charCodeAt(end - 1))) end--;
  const segment = path.slice(start, end);
  if (segment === '.' || segment === '..') return end;
  while (path[end - 1] === '.' || isBlank(path.charCodeAt(end - 1))) end--;
  return end;
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code > 0x7f && BLANK.test(String.fromCharCode(code)));
}

/** Lower case first and then upper case, which also unites `ſ` and `s`, `ı` and `i`, `ς` and `σ`, whatever stands beside them. */
export function foldCase(path: string): string {
  return path.toLowerCase().toUpperCase();
}

/** Whether folding can matter to a path: turned into capitals and back it is another one. */
export function hasCase(path: string): boolean {
  return path.toUpperCase().toLowerCase() !== path;
}
