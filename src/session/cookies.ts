// The gateway's cookies: their names, attributes, and how they are found in a Cookie header.
// RFC 6265bis §4.1, §5.7 (`__Host-`); 4,096 bytes of name and value is what every browser keeps.

export { cookieBase } from '../shared/cookie-base.ts';

export const MAX_COOKIE_BYTES = 4096;

/**
 * Name → value of the cookies whose name begins with `base`; of several with one name the first counts. Only `;` separates cookies. No
 * value of ours has a comma: what stands behind one is part of another cookie, or of a further Cookie line that the runtime has joined by
 * one, which can't be told apart. It is never ours, so that a sibling's cookie can't hold one that passes for ours.
 */
export function parseOwnCookies(header: string | null, base: string): Map<string, string> {
  const cookies = new Map<string, string>();
  if (!header?.includes(base)) return cookies;
  for (const piece of header.split(';')) {
    const pair = beforeComma(piece);
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = trimBlanks(pair.slice(0, equals));
    if (name.startsWith(base) && !cookies.has(name)) cookies.set(name, trimBlanks(pair.slice(equals + 1)));
  }
  return cookies;
}

function beforeComma(text: string): string {
  const comma = text.indexOf(',');
  return comma < 0 ? text : text.slice(0, comma);
}

/**
 * `maxAge` in seconds; 0 deletes, which browsers only do when every attribute is as it was (RFC 6265bis §5.7). Browsers take a name with the
 * prefix only with `Secure`, and without TLS there is neither.
 */
export function serializeCookie(
  name: string,
  value: string,
  maxAge: number,
  isSecure = name.startsWith('__Host-'),
): string {
  return `${name}=${value}; Path=/; Max-Age=${Math.max(0, Math.floor(maxAge))}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

/**
 * Only blanks and tabs: String.trim would also take a no-break space and let another cookie pass for ours. By hand: a
 * regular expression that looks for blanks at the end goes through a long run of them anew from each of its blanks.
 */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
