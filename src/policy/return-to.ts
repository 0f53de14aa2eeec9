// Judges where a login or logout may end: on our own origin, by the parsed URL and by every reading of its path.
// ARCHITECTURE §2 `return_to`; RFC 9700 §4.11 (open redirectors).

import type { OwnAddress } from '../shared/own-address.ts';
import { foldCase } from './path-steps.ts';
import { readingsOf } from './readings.ts';

declare const judged: unique symbol;
/** An address on our own origin that anybody may have written, and that parseReturnTo has judged. Nothing else gives one. */
export type ReturnTo = OwnAddress & { readonly [judged]: true };

/** Characters. Longer addresses are not judged, because that takes time. */
export const MAX_RETURN_TO_LENGTH = 8192;

/** Endpoints that would lead round in a circle, or end the session just begun. */
const CIRCULAR: ReadonlySet<string> = new Set(
  ['/login', '/callback', '/logout', '/logout/callback', '/backchannel-logout', '/step-up'].map(foldCase),
);

/**
 * Path, query and fragment on `origin`, beginning with exactly one slash; `undefined` for everything else. Takes a path or an absolute URL
 * of our own. `endpoints` is the folder of the gateway's endpoints.
 */
export function parseReturnTo(value: string | null, origin: string, endpoints: string): ReturnTo | undefined {
  if (value === null || value.length > MAX_RETURN_TO_LENGTH || /\p{Cc}/u.test(value)) return undefined;
  // A backslash before the query is refused: browsers take it for a slash, servers may not.
  if (/^[^?#]*\\/.test(value) || !/^(?:https?:\/\/[^/]|\/(?!\/))/i.test(value)) return undefined;
  const url = URL.parse(value, origin);
  if (url?.origin !== origin) return undefined;
  const target = url.pathname + url.search + url.hash;
  // The parsed address may be longer, and may be judged again.
  if (target.length > MAX_RETURN_TO_LENGTH) return undefined;
  // The path alone must still mean the same place. That of `/.//evil.example` does not, nor does an address with a user name.
  if (URL.parse(target, origin)?.href !== url.href) return undefined;
  return isSafePath(url.pathname, endpoints) ? (target as ReturnTo) : undefined;
}

/** No reading may look like another host to software that decodes or tidies the path before it redirects. */
function isSafePath(path: string, endpoints: string): boolean {
  const read = readingsOf(path);
  if (!read.ok) return false;
  const folder = foldCase(endpoints);
  return read.readings.every((reading) => {
    if (/^\/[/\\]/.test(reading)) return false;
    const folded = foldCase(reading);
    return !folded.startsWith(folder) || !CIRCULAR.has(folded.slice(folder.length).replace(/\/$/, ''));
  });
}
