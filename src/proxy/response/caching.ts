// Keeps one person's answers out of every shared cache, and out of the browser's cache once somebody else has signed in.
// RFC 9111 §5.2.2 (Cache-Control), §4.1 (Vary); RFC 9213 (targeted fields).

const SURROGATE_FIELDS = /^(.+-cache-control|surrogate-control|x-accel-expires|edge-control)$/;

/** Whether a field, its name in lower case, speaks to shared caches over the head of Cache-Control. */
export const isSurrogateField = (name: string): boolean => SURROGATE_FIELDS.test(name);

/**
 * Changes `headers`, from which surrogate fields have been removed, for a response to a known user. Validators stay, so that conditional
 * requests go on working.
 */
export function keepPrivate(headers: Headers): void {
  const cacheControl = headers.get('Cache-Control');
  const directives = cacheControl === null ? [] : splitDirectives(cacheControl);
  const names = directives.map((directive) => (directive.split('=', 1)[0] ?? '').trimEnd().toLowerCase());
  if (names.includes('no-store')) return;
  const isPrivate = directives.some((directive) => directive.toLowerCase() === 'private');
  const isShared = names.some((name) => SHARED.has(name));
  if (!isPrivate || isShared) {
    const kept = directives.filter((_, index) => !SHARED.has(names[index] as string) && names[index] !== 'private');
    headers.set('Cache-Control', ['private', ...kept].join(', '));
  }
  varyOnCookie(headers);
}

const SHARED = new Set(['public', 's-maxage', 'proxy-revalidate']);

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
