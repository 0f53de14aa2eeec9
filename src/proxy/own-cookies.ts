// Keeps the gateway's own cookies between the visitor and the gateway: out of what goes upstream and out of what comes back.
// Design §4; RFC 6265bis §5.7 (names), §4.2.1 (Cookie).

/** The name that all of the gateway's cookies begin with (session/cookies.ts says the same). */
export const cookieBaseOf = (isSecure: boolean): string => (isSecure ? '__Host-postern' : 'postern');

/**
 * A Cookie header without the gateway's cookies, the others byte for byte and in order; `undefined` when nothing is left. Several Cookie
 * lines arrive joined by commas, and some servers split there too: what stands after a comma is looked at as a cookie of its own.
 */
export function withoutOwnCookies(header: string, base: string): string | undefined {
  if (!header.includes(base) && !header.toLowerCase().includes(base.toLowerCase())) return header;
  const kept: string[] = [];
  const hasComma = header.includes(',');
  for (const piece of header.split(';')) {
    const parts = hasComma ? piece.split(',') : [piece];
    const others = parts.filter((part) => !isOwnCookie(part, base));
    if (others.length === parts.length) kept.push(piece);
    else if (others.length > 0) kept.push(others.join(','));
  }
  return kept.join(';').replace(/^[ \t]+/, '') || undefined;
}

/**
 * Whether a pair of a Cookie header, or a Set-Cookie line, is one of the gateway's cookies. Blanks of every kind, quotes and a nameless cookie's `=` may stand before the name: some parser
 * skips each of them. Case counts nowhere.
 */
export function isOwnCookie(cookie: string, base: string): boolean {
  let start = 0;
  while (start < cookie.length && !isNameSign(cookie.charCodeAt(start))) start++;
  return cookie.slice(start, start + base.length).toLowerCase() === base.toLowerCase();
}

/** Letters, digits, and the signs of a token that can't be taken for a separator. */
function isNameSign(code: number): boolean {
  return code > 0x20 && code < 0x7f && code !== 0x22 && code !== 0x27 && code !== 0x3d;
}
