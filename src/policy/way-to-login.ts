// Whether whoever may not pass is sent to sign in, or told by a status: by what the request is and what its route says.
// ARCHITECTURE §3; RFC 9110 §15.4.3, §15.4.4.

import { isHtmx, isNavigation, isPrefetch, mayBeginLogin } from './navigation.ts';
import type { Requirement } from './requirement.ts';

interface Asking {
  readonly method: string;
  readonly headers: Headers;
  /** As in the URL. */
  readonly host: string;
}

type Rule = Pick<Requirement, 'unauthenticated' | 'credentials'>;

/** `ownHost`: the callback's. The session's cookie belongs to it alone, so that signing in would not help at another host. */
export function maySendToLogin(asking: Asking, rule: Rule, ownHost: string): boolean {
  const { method, headers } = asking;
  if (!doesSignInHelp(asking, rule, ownHost)) return false;
  if (isNavigation(headers, method)) return true;
  // A form is sent by a navigation only. htmx can't follow a redirect to another origin, and is told its page's way.
  if ((method !== 'GET' && method !== 'HEAD') || isHtmx(headers, method)) return false;
  return rule.unauthenticated === 'redirect' && mayBeginLogin(headers, true);
}

/** Whether htmx is told to lead its page to the sign-in, since it shows nothing of a 401. */
export function maySendPageToLogin(asking: Asking, rule: Rule, ownHost: string): boolean {
  return isHtmx(asking.headers, asking.method) && doesSignInHelp(asking, rule, ownHost);
}

function doesSignInHelp({ headers, host }: Asking, { unauthenticated, credentials }: Rule, ownHost: string): boolean {
  return unauthenticated !== '401' && credentials.session && !isPrefetch(headers) && host === ownHost;
}

/** After a form, the browser must go on with GET. */
export function loginRedirectStatus(method: string): 302 | 303 {
  return method === 'POST' ? 303 : 302;
}
