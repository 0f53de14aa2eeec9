// Where a login or logout may end: a place on our own origin, judged on the parsed URL and on every reading of its path.
// ARCHITECTURE §2 `return_to`; RFC 9700 §4.11 (open redirectors).

import { ENDPOINTS, type EndpointName, isApplications, type OwnAddresses, pathOf } from '../endpoints/catalogue.ts';
import { foldCase } from './path-steps.ts';
import { readingsOf } from './readings.ts';

/** Characters. What does not fit into the transaction's cookie is kept elsewhere; this is what judging it may cost. */
export const MAX_RETURN_TO_LENGTH = 8192;

/**
 * Path, query and fragment on `origin`, beginning with exactly one slash; `undefined` for everything else. Takes a path or an absolute URL
 * of our own.
 */
export function parseReturnTo(value: string | null, own: OwnAddresses): string | undefined {
  const { origin } = own;
  if (value === null || value.length > MAX_RETURN_TO_LENGTH || /\p{Cc}/u.test(value)) return undefined;
  // No backslash before the query: browsers take it for a slash, servers may not
  if (/^[^?#]*\\/.test(value) || !/^(?:https?:\/\/[^/]|\/(?!\/))/i.test(value)) return undefined;
  const url = URL.parse(value, origin);
  if (url?.origin !== origin) return undefined;
  const target = url.pathname + url.search + url.hash;
  // Written out again it is longer, and may be judged again
  if (target.length > MAX_RETURN_TO_LENGTH) return undefined;
  // It must still mean the same place: `/.//evil.example` does not, nor does what names a user
  if (URL.parse(target, origin)?.href !== url.href) return undefined;
  return isSafePath(url.pathname, own) ? target : undefined;
}

/** No reading may look like another host to whoever decodes or tidies the path before redirecting, or like an endpoint that leads round. */
function isSafePath(path: string, own: OwnAddresses): boolean {
  const read = readingsOf(path);
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
