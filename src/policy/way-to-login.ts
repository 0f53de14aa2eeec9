// Whether whoever may not pass is sent to sign in, or told by a status: by what the request is and what its route says.
// ARCHITECTURE §3; RFC 9110 §15.4.3, §15.4.4.

import { isNavigation, isPrefetch, mayBeginLogin } from './navigation.ts';
import type { Requirement } from './requirement.ts';

interface Asking {
  readonly method: string;
  readonly headers: Headers;
  /** As in the URL. */
  readonly host: string;
}

/** `ownHost`: the callback's. The session's cookie belongs to it alone, so that signing in would not help at another host. */
export function maySendToLogin(
  { method, headers, host }: Asking,
  { unauthenticated, credentials }: Pick<Requirement, 'unauthenticated' | 'credentials'>,
  ownHost: string,
): boolean {
  if (unauthenticated === '401' || !credentials.session || isPrefetch(headers)) return false;
  const isNavigating = isNavigation(headers, method);
  // A form is sent by a navigation only.
  if (method !== 'GET' && method !== 'HEAD' && !isNavigating) return false;
  if (host !== ownHost) return false;
  return isNavigating || (unauthenticated === 'redirect' && mayBeginLogin(headers, true));
}

/** After a form, the browser must go on with GET. */
export function loginRedirectStatus(method: string): 302 | 303 {
  return method === 'POST' ? 303 : 302;
}
