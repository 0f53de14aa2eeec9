// Keeps the gateway's own cookies out of what goes upstream and out of what comes back.
// ARCHITECTURE §4; RFC 6265bis §5.7 (names), §4.2.1 (Cookie).

import { isDamaged } from './written-anew.ts';

/**
 * Where a further Cookie line may begin: the runtime joins lines by a comma and a blank, and no standard allows a comma in a value
 * (RFC 6265bis §4.1.1), though browsers send one.
 */
const NEXT_LINE = /, (?=[\w!#$%&'*+.^`|~-]+=)/g;

/** No sealed text is shorter than this, nor is a chunk of one but the last. */
const SEALED = /[\w.~-]{64}/;

/**
 * The Cookie header for the upstream: without the gateway's cookies, the others byte for byte and in order; `undefined` when nothing is
 * left. Where that makes another header, cookies whose bytes the runtime has lost are left out too: a sibling site's Latin-1 must not become
 * another value under its name.
 */
export function withoutOwnCookies(header: string, base: string, isBrowser: boolean): string | undefined {
  const kept = othersOf(header, base, isBrowser);
  if (kept === header || !isDamaged(kept)) return kept || undefined;
  const whole = kept.split(';').filter((piece) => !isDamaged(piece));
  return whole.join(';').replace(/^[ \t]+/, '') || undefined;
}

/**
 * A browser sends one line, whatever commas are in it: taking its values apart would make cookies that nobody has set, under whatever name
 * a sibling likes. Other clients may send several, which go up as one line, joined as cookies are.
 */
function othersOf(header: string, base: string, isBrowser: boolean): string {
  const line = isBrowser || !header.includes(', ') ? header : header.replace(NEXT_LINE, '; ');
  if (!line.includes(base) && !line.toLowerCase().includes(base.toLowerCase())) return line;
  const kept: string[] = [];
  for (const piece of line.split(';')) {
    const [first = '', ...behind] = piece.split(',');
    const isOurs = isOwnCookie(first, base);
    // Behind a comma a browser sends more of the same cookie, which stays; but no value that we have sealed goes up.
    const others = behind.filter((part) => !isOwnCookie(part, base) || (isBrowser && !SEALED.test(part)));
    if (!isOurs) kept.push(others.length === behind.length ? piece : [first, ...others].join(','));
    else if (!isBrowser && others.length > 0) kept.push(others.join(','));
  }
  return kept.join(';').replace(/^[ \t]+/, '');
}

/** Every browser sends `Sec-Fetch-Site`, except older ones and WebSockets, which are told by their `User-Agent`. */
export function isBrowserRequest(headers: Headers): boolean {
  return headers.has('Sec-Fetch-Site') || headers.get('User-Agent')?.startsWith('Mozilla/') === true;
}

/**
 * Whether a pair of a Cookie header (or what some server takes for one, behind a comma), or a Set-Cookie line, is one of the gateway's
 * cookies. Blanks of every kind, quotes and a nameless cookie's `=` may stand before the name: some parser skips each of them. Case counts
 * nowhere.
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
