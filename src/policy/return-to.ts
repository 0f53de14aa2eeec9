// Judges where a login or logout may end: on our own origin, by the parsed URL and by every reading of its path.
// ARCHITECTURE §2 `return_to`; RFC 9700 §4.11 (open redirectors).

import { ENDPOINTS, type EndpointName, isApplications, type OwnAddresses, pathOf } from '../endpoints/catalogue.ts';
import type { OwnAddress } from '../shared/own-address.ts';
import { foldCase } from './path-steps.ts';
import { ODD_BYTES, readAs, readingsOf } from './readings.ts';

declare const judged: unique symbol;
/** An address on our own origin that anybody may have written, and that parseReturnTo has judged. Nothing else gives one. */
export type ReturnTo = OwnAddress & { readonly [judged]: true };

/** Characters. Longer addresses are not judged, because that takes time. */
export const MAX_RETURN_TO_LENGTH = 8192;

/**
 * Path, query and fragment on `origin`, beginning with exactly one slash; `undefined` for everything else. Takes a path or an absolute URL
 * of our own.
 */
export function parseReturnTo(value: string | null, own: OwnAddresses): ReturnTo | undefined {
  const { origin } = own;
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
  return isSafePath(url.pathname, own) ? (target as ReturnTo) : undefined;
}

/** No reading may look like another host to whoever decodes or tidies the path before redirecting, or like an endpoint that leads round. */
function isSafePath(path: string, own: OwnAddresses): boolean {
  const utf8 = readingsOf(path);
  // Whether a rule takes such bytes is asked when the visitor comes there.
  const read = utf8.ok ? utf8 : readAs(path, ODD_BYTES);
  if (!read.ok) return false;
  const circular = circularPaths(own);
  return read.readings.every(
    (reading) => !/^\/[/\\]/.test(reading) && !circular.includes(foldCase(reading).replace(/\/$/, '')),
  );
}

/** Where a visitor would be led in a circle, or lose the session just begun. The application's own page is none of them. */
function circularPaths(own: OwnAddresses): readonly string[] {
  return (Object.keys(ENDPOINTS) as EndpointName[])
    .filter((name) => 'leadsRound' in ENDPOINTS[name] && !isApplications(own, name))
    .map((name) => foldCase(pathOf(own, name)));
}
