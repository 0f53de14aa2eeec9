// A page that can't be had right now is loaded once more by the browser itself, after `Retry-After`, without script: by the `Refresh` header.
// That it has been says a parameter of our own login endpoint, or where a page has no room for one, a cookie. HTML §7.4.5; RFC 9110 §10.2.3.

import { type EndpointName, endpointPath, pathOf } from '../endpoints/catalogue.ts';
import { FAULTS, type FaultCode } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { siteOf } from '../policy/navigation.ts';
import { parseOwnCookies, serializeCookie } from '../session/cookies.ts';
import { cookieBase } from '../shared/cookie-base.ts';
import { addressOf } from '../shared/own-address.ts';
import type { RequestContext } from './answers.ts';

/** Whatever is away now and may be back in a moment. */
const PASSING: ReadonlySet<number> = new Set([502, 503, 504]);
/** Seconds after the second time, in which it is left to the visitor's hand. */
const REST = 60;
const MARK = 'retried';
/** What signs out asks first if another site is behind it, which could not be told any more. */
const BY_HAND: readonly EndpointName[] = ['logout', 'logoutCallback', 'postLogout'];

export const isPassing = (code: FaultCode): boolean => PASSING.has(FAULTS[code].status);

export interface OwnRetry {
  /** For the visitor's hand. */
  readonly retryHref?: string;
  /** For the browser itself: the value of `Refresh`. */
  readonly refresh?: string;
  readonly cookies: readonly string[];
}

/** Only what can be asked again without doing anything twice. `wait`: seconds. */
export function ownRetry(gateway: Gateway, { req }: RequestContext, code: FaultCode, wait: number): OwnRetry {
  const { config } = gateway;
  const url = new URL(req.url);
  const isAt = (name: EndpointName) => url.pathname === pathOf(config, name);
  // What a proxy asks is nobody's page.
  if (req.method !== 'GET' || isAt('check')) return { cookies: [] };
  const byHand = { retryHref: addressOf(url), cookies: [] };
  if (!isPassing(code) || BY_HAND.some(isAt)) return byHand;
  if (code === 'provider_unavailable' && !isAt('callback')) {
    if (url.searchParams.has(MARK)) return byHand;
    return { ...byHand, refresh: `${wait};url=${loginAgain(gateway, url, isAt('login'))}` };
  }
  // ZITADEL leads to the callback, which is ours.
  if (!isAt('callback') && isForeign(gateway, req.raw.headers)) return byHand;
  const cookies = markByCookie(gateway, req.raw.headers, wait);
  return cookies.length > 0 ? { ...byHand, refresh: String(wait), cookies } : byHand;
}

/** A sign-in could not begin. The next try to begin it is marked, and leads back. */
function loginAgain({ config }: Gateway, url: URL, isLogin: boolean): string {
  if (!isLogin) return endpointPath(config, 'login', { return_to: addressOf(url), [MARK]: '1' });
  return `${url.pathname}${url.search === '' ? '?' : `${url.search}&`}${MARK}=1`;
}

/** A page that loads itself comes from our own site: what another site has led here must not look like that to the application. */
function isForeign({ config }: Gateway, headers: Headers): boolean {
  const site = siteOf(headers, config.origin);
  return site === 'cross-site' || site === 'same-site';
}

/** Empty: this was the second time already. */
function markByCookie({ config }: Gateway, headers: Headers, wait: number): readonly string[] {
  const base = cookieBase(config.isSecure);
  const name = `${base}-${MARK}`;
  const isMarked = parseOwnCookies(headers.get('cookie'), base).has(name);
  if (isMarked || cameByItself(headers)) return [];
  return [serializeCookie(name, '1', wait + REST, config.isSecure)];
}

/** For browsers that keep no cookies: from a page of ours, by nobody's hand. */
function cameByItself(headers: Headers): boolean {
  const isByHand = headers.get('sec-fetch-user') === '?1';
  return !headers.has('cookie') && headers.get('sec-fetch-site') === 'same-origin' && !isByHand;
}
