// Real preflights, and whom a route lets pass with them.
// ARCHITECTURE §1 Routes, field `cors`; Fetch §3.2 (CORS protocol).

import type { Requirement } from './requirement.ts';

/** Header fields of an answer. */
export type CorsFields = Readonly<Record<string, string>>;

/** Only `OPTIONS` with both headers is a preflight; any other `OPTIONS` is a request like all others. */
export function isPreflight(method: string, headers: Headers): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
}

export function allowedCorsOrigin({ cors }: Pick<Requirement, 'cors'>, origin: string | null): boolean {
  return origin !== null && isAmong(cors, origin);
}

/** They let a script of this origin read an answer, with the visitor's cookies. None where the origin is not among those allowed. */
export function corsFields(allowed: readonly string[], origin: string): CorsFields {
  if (!isAmong(allowed, origin)) return {};
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'WWW-Authenticate, X-Request-Id',
    Vary: 'Origin',
  };
}

/** Origins are compared whole: no suffixes, no `null`. */
const isAmong = (allowed: readonly string[], origin: string): boolean => origin !== 'null' && allowed.includes(origin);
