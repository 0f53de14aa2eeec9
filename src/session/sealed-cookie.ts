// A sealed text as one cookie, or as numbered chunks where one is too small.
// Design §6 Cookie: chunks are `….0`, `….1`; a missing or foreign chunk is no session, not an error.

import { MAX_COOKIE_BYTES, serializeCookie } from './cookies.ts';

/** 16 KB of cookies: what servers' and browsers' header limits leave room for. */
export const MAX_CHUNKS = 4;

/** The sealed text in the request's cookies, or undefined. */
export function joinChunks(cookies: ReadonlyMap<string, string>, name: string): string | undefined {
  const whole = cookies.get(name);
  if (whole !== undefined) return whole;
  let joined = '';
  for (let index = 0; index < MAX_CHUNKS; index++) {
    const chunk = cookies.get(`${name}.${index}`);
    if (chunk === undefined) break;
    joined += chunk;
  }
  return joined === '' ? undefined : joined;
}

/** Whether `sealed` fits into the chunks a browser is asked to keep. */
export function fitsCookies(name: string, sealed: string): boolean {
  return Math.ceil(sealed.length / chunkSize(name)) <= MAX_CHUNKS;
}

/** The Set-Cookie values that store `sealed` and delete what an earlier, longer or shorter one left behind. */
export function sealedCookies(
  name: string,
  sealed: string,
  maxAge: number,
  present: ReadonlyMap<string, string>,
  isSecure: boolean,
): string[] {
  const size = chunkSize(name);
  const values = new Map<string, string>();
  if (sealed.length + name.length <= MAX_COOKIE_BYTES) {
    values.set(name, sealed);
  } else {
    for (let index = 0; index * size < sealed.length; index++) {
      values.set(`${name}.${index}`, sealed.slice(index * size, (index + 1) * size));
    }
  }
  const stale = cookieNamesOf(name, present).filter((other) => !values.has(other));
  return [
    ...[...values].map(([cookie, value]) => serializeCookie(cookie, value, maxAge, isSecure)),
    ...stale.map((cookie) => serializeCookie(cookie, '', 0, isSecure)),
  ];
}

/** Set-Cookie values that delete the cookie and its chunks. */
export function deletedCookies(name: string, present: ReadonlyMap<string, string>, isSecure: boolean): string[] {
  return cookieNamesOf(name, present).map((cookie) => serializeCookie(cookie, '', 0, isSecure));
}

function cookieNamesOf(name: string, present: ReadonlyMap<string, string>): string[] {
  return [...present.keys()].filter((other) => other === name || /^\.\d+$/.test(other.slice(name.length)) && other.startsWith(name));
}

function chunkSize(name: string): number {
  return MAX_COOKIE_BYTES - name.length - 2;
}
