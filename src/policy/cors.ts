// Real preflights, and whom a route lets pass with them.
// ARCHITECTURE §1 Routes, field `cors`; Fetch §3.2 (CORS protocol).

import type { Requirement } from './requirement.ts';

/** Only `OPTIONS` with both headers is a preflight; any other `OPTIONS` is a request like all others. */
export function isPreflight(method: string, headers: Headers): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
}

/** Origins are compared whole: no suffixes, no `null`. */
export function allowedCorsOrigin(requirement: Requirement, origin: string | null): boolean {
  return origin !== null && origin !== 'null' && requirement.cors.includes(origin);
}
