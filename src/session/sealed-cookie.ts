// A sealed text as one cookie, or as numbered chunks where one is too small.
// ARCHITECTURE §6 (Cookie): chunks are `….0`, `….1`; a missing or foreign chunk is no session, not an error.

import { MAX_COOKIE_BYTES, serializeCookie } from './cookies.ts';

/** 16 KB of cookies: what servers' and browsers' header limits leave room for. */
export const MAX_CHUNKS = 4;

/**
 * Says in the first chunk how many there are: of answers that overtake each other, a longer one may leave a chunk
 * behind that no shorter one deletes.
 */
const COUNTED = /^([2-4])~/;

/** The sealed text in the request's cookies, or undefined. */
export function joinChunks(cookies: ReadonlyMap<string, string>, name: string): string | undefined {
  const whole = cookies.get(name);
  if (whole !== undefined) return whole;
  const count = Number(COUNTED.exec(cookies.get(`${name}.0`) ?? '')?.[1] ?? 0);
  const chunks = Array.from({ length: count }, (_, index) => cookies.get(`${name}.${index}`));
  return count === 0 || chunks.includes(undefined) ? undefined : chunks.join('').slice(2);
}

/** Whether `sealed` fits into the chunks a browser is asked to keep. */
export function fitsCookies(name: string, sealed: string): boolean {
  return sealed.length + 2 <= chunkSize(name) * MAX_CHUNKS;
}

/** The Set-Cookie values that store `sealed` and delete what an earlier, longer or shorter one left behind. */
export function sealedCookies(
  name: string,
  sealed: string,
  maxAge: number,
  present: ReadonlyMap<string, string>,
): string[] {
  const values = new Map(sealed.length + name.length <= MAX_COOKIE_BYTES ? [[name, sealed]] : toChunks(name, sealed));
  const stale = cookieNamesOf(name, present).filter((other) => !values.has(other));
  return [
    ...[...values].map(([cookie, value]) => serializeCookie(cookie, value, maxAge)),
    ...stale.map((cookie) => serializeCookie(cookie, '', 0)),
  ];
}

/** Set-Cookie values that delete the cookie and its chunks. */
export function deletedCookies(name: string, present: ReadonlyMap<string, string>): string[] {
  return cookieNamesOf(name, present).map((cookie) => serializeCookie(cookie, '', 0));
}

function toChunks(name: string, sealed: string): [string, string][] {
  const size = chunkSize(name);
  const count = Math.ceil((sealed.length + 2) / size);
  const text = `${count}~${sealed}`;
  return Array.from({ length: count }, (_, index) => [
    `${name}.${index}`,
    text.slice(index * size, (index + 1) * size),
  ]);
}

function cookieNamesOf(name: string, present: ReadonlyMap<string, string>): string[] {
  return [...present.keys()].filter(
    (other) => other === name || (other.startsWith(name) && /^\.\d+$/.test(other.slice(name.length))),
  );
}

function chunkSize(name: string): number {
  return MAX_COOKIE_BYTES - name.length - 2;
}
