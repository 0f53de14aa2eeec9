// Keeps one person's answers out of every shared cache, and out of the browser's once somebody else has signed in, or nobody is.
// RFC 9111 §5.2.2 (Cache-Control), §4.1 (Vary); RFC 9213 (targeted fields); docs/browsers.md, Back after a sign-out.

const SURROGATE_FIELDS = /^(.+-cache-control|surrogate-control|x-accel-expires|edge-control)$/;

/** Whether a field, its name in lower case, speaks to shared caches over the head of Cache-Control. */
export const isSurrogateField = (name: string): boolean => SURROGATE_FIELDS.test(name);

/**
 * What a browser may keep of an answer: `all`, as the application says; `no-pages`, none that it shows as a page, unless the application gives
 * it a lifetime; `nothing`. Its Back button takes pages out of a memory that only `no-store` closes.
 */
export type Keeping = 'all' | 'no-pages' | 'nothing';

/**
 * Changes `headers`, from which surrogate fields have been removed, for a response to a known user. Validators stay, so that conditional
 * requests go on working.
 */
export function keepPrivate(headers: Headers, keeping: Keeping = 'all'): void {
  const cacheControl = headers.get('Cache-Control');
  const directives = cacheControl === null ? [] : splitDirectives(cacheControl);
  const names = directives.map((directive) => (directive.split('=', 1)[0] ?? '').trimEnd().toLowerCase());
  if (names.includes('no-store')) return;
  const isKept =
    keeping === 'all' || (keeping === 'no-pages' && (!isPage(headers) || hasLifetime(headers, directives)));
  const isPrivate = directives.some((directive) => directive.toLowerCase() === 'private');
  const isShared = names.some((name) => SHARED.has(name));
  if (!isPrivate || isShared || !isKept) {
    const kept = directives.filter((_, index) => !SHARED.has(names[index] as string) && names[index] !== 'private');
    headers.set('Cache-Control', ['private', ...kept, ...(isKept ? [] : ['no-store'])].join(', '));
  }
  varyOnCookie(headers);
}

const SHARED = new Set(['public', 's-maxage', 'proxy-revalidate']);

/** Text of any kind, and what names no type. The rest has no memory of its own to come back from: pictures, films, downloads. */
function isPage(headers: Headers): boolean {
  const type = headers.get('Content-Type') ?? 'text/html';
  return /^text\/|[/+](?:json|xml)\b/i.test(type) && !/^\s*attachment/i.test(headers.get('Content-Disposition') ?? '');
}

/** Whether the application asks for it to be shown again without a question. */
function hasLifetime(headers: Headers, directives: readonly string[]): boolean {
  if (directives.length > 0) return directives.some((directive) => LIFETIME.test(directive));
  return Date.parse(headers.get('Expires') ?? '') > Date.parse(headers.get('Date') ?? '');
}

const LIFETIME = /^(?:immutable$|(?:max-age|stale-while-revalidate)\s*=\s*"?0*[1-9])/i;

/** Commas inside quotes separate nothing: `private="set-cookie, x-a"`. */
function splitDirectives(value: string): string[] {
  return (value.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? []).map((part) => part.trim()).filter((part) => part !== '');
}

/** Two people may share a browser: it must not show the second what the first was shown, unless the application confirms it (304). */
function varyOnCookie(headers: Headers): void {
  const vary = headers.get('Vary');
  const names = (vary ?? '').split(',').map((name) => name.trim().toLowerCase());
  if (!names.includes('*') && !names.includes('cookie')) headers.append('Vary', 'Cookie');
}
