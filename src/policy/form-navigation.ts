// What a form's navigation meets on its way to a sign-in: whether it may be kept, and whether its page's policy may stop a redirect.
// CSP Level 3 §4.2.4, §6.4.1 (form-action); Fetch Metadata §2.3; ARCHITECTURE §3 first row.

import type { Route } from '../config/schema.ts';
import { isNavigation, type Site, siteOf } from './navigation.ts';

/** How every engine that enforces policies names itself: Chromium's and WebKit's, Firefox's. What names none is no browser. */
const ENGINE = /\b(?:AppleWebKit|Gecko)\//;

/**
 * Whether the page that caused the request may have a policy whose `form-action` leaves out other sites: browsers stop a form there that
 * is redirected to ZITADEL, and its tab stays as it is. Of a GET nothing says whether it is a form's, but a form's has a query.
 */
export function mayBeHeldToFormAction({ method, headers, url }: Request, origin: string): boolean {
  if (!ENGINE.test(headers.get('user-agent') ?? '') || !isNavigation(headers, method)) return false;
  return method === 'POST' || (method === 'GET' && url.includes('?') && siteOf(headers, origin) === 'same-origin');
}

export type KeepPost = Route['keep_post'];

/** From the strictest. */
const STRICTNESS: readonly KeepPost[] = ['none', 'same-origin', 'cross-site'];

/** Where several rules are met, none of them keeps less. */
export function strictestKeepPost(all: readonly KeepPost[]): KeepPost {
  return STRICTNESS.find((each) => all.includes(each)) ?? 'same-origin';
}

/** A form of our own pages, or what the visitor's own hand has sent: a share target, a page loaded again. */
export function mayKeepForm(site: Site, keep_post: KeepPost): boolean {
  if (keep_post === 'same-origin') return site === 'same-origin' || site === 'none';
  return keep_post === 'cross-site';
}
