// Tells from a request's headers what caused it: somebody who goes to a page, a script, a prefetch, another site. Decides only how to answer.
// ARCHITECTURE §2 logout, §3 last paragraph; Fetch Metadata Request Headers §2; HTML §7.6 (speculative loading).

/** How a request came about, as far as its headers say. `unknown`: they say nothing. */
export type Site = 'same-origin' | 'same-site' | 'cross-site' | 'none' | 'unknown';

const NAVIGATING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
/** What no document's request carries. htmx and Turbo accept HTML, too. */
const SCRIPT_FIELDS = ['upgrade', 'hx-request', 'x-turbo-request-id'];
const SITES: ReadonlySet<string> = new Set(['same-origin', 'same-site', 'none']);

/**
 * Whether a document in a tab of its own is being loaded. Frames, `embed` and `object` are not: ZITADEL's login refuses to be framed, so
 * a redirect would end in an empty frame, while a 401 can be read.
 */
export function isNavigation(headers: Headers, method: string): boolean {
  if (!NAVIGATING.has(method)) return false;
  const mode = headers.get('sec-fetch-mode');
  const dest = headers.get('sec-fetch-dest');
  if (mode !== null || dest !== null) {
    return ((mode ?? 'navigate') === 'navigate' && (dest ?? 'document') === 'document') || isPassedOn(headers);
  }
  if (isScript(headers.get('x-requested-with')) || SCRIPT_FIELDS.some((name) => headers.has(name))) return false;
  return acceptsHtml(headers.get('accept') ?? '');
}

/**
 * Whether a service worker has passed a navigation on, with `fetch(event.request)`. The destination is empty then, so that a tab can't be
 * told from a frame. Firefox also makes the mode `same-origin`, and leaves only a field that a page's own requests never have.
 */
export function isPassedOn(headers: Headers): boolean {
  if (headers.get('sec-fetch-dest') !== 'empty') return false;
  const mode = headers.get('sec-fetch-mode');
  return mode === 'navigate' || (mode === 'same-origin' && headers.get('upgrade-insecure-requests') === '1');
}

/**
 * Whether a request may begin a login, which needs a window of its own. Images and frames may not, and scripts only where a rule says so.
 * (client.js opens a window.) A request without `Sec-Fetch-Dest` may be an older browser's page, so it may unless it shows otherwise.
 */
export function mayBeginLogin(headers: Headers, allowsScript = false): boolean {
  const dest = headers.get('sec-fetch-dest');
  if (dest !== null) return dest === 'document' || (dest === 'empty' && (allowsScript || isPassedOn(headers)));
  if (/^(?:image|video|audio|font)\//i.test(headers.get('accept') ?? '')) return false;
  return allowsScript || !isScript(headers.get('x-requested-with'));
}

/** htmx: it swallows a 401, and goes where `HX-Redirect` says, whatever the status. */
export function isHtmx(headers: Headers, method: string): boolean {
  return headers.get('hx-request') === 'true' && !isNavigation(headers, method);
}

/**
 * Whether a GET may end the session without asking, because somebody goes there, in a tab or in a frame. A picture or a script's request may
 * be another visitor's doing, or fetched ahead without a mark. What a service worker passes on does not say for certain which site sent it.
 */
export function mayEndSession(headers: Headers): boolean {
  const dest = headers.get('sec-fetch-dest');
  return dest === null ? !isScript(headers.get('x-requested-with')) : ['document', 'iframe', 'frame'].includes(dest);
}

/** Android's web views put their app's name into this header (`com.example.app`), on navigations too. */
function isScript(requestedWith: string | null): boolean {
  return requestedWith !== null && !requestedWith.includes('.');
}

/** HTML must be named, because scripts send a wildcard, and not with `q=0`. */
function acceptsHtml(accept: string): boolean {
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const isHtml = type === 'text/html' || type === 'application/xhtml+xml';
    return isHtml && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}

/** Fields whose value says it. Browsers send `Sec-Purpose`, older ones `Purpose`, `X-Purpose` or `X-Moz`; Inertia `Purpose`, Turbo `X-Sec-Purpose`. */
const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-sec-purpose', 'x-moz', 'moz-purpose', 'sec-fetch-purpose'];
/** Fields that are sent only then: Next-Router-Prefetch, Next-Router-Segment-Prefetch, X-Middleware-Prefetch, HX-Preloaded, X-Prefetch … */
const MARK = /(?:^|-)(?:prefetch|preload|prerender)(?:ed)?$|^sec-speculation-tags$/;
/** A navigation under way: the browser asks already while its service worker starts. */
const NO_MARK = 'service-worker-navigation-preload';

/** Whether the request is sent ahead of time: nobody has gone there, and perhaps nobody will. */
export function isPrefetch(headers: Headers): boolean {
  const words = PURPOSES.flatMap((name) => (headers.get(name) ?? '').toLowerCase().split(/[\s,;]/));
  if (words.some((word) => /^(?:prefetch|preload|prerender|preview)$/.test(word))) return true;
  return [...headers].some(([name, value]) => MARK.test(name) && name !== NO_MARK && !/^(?:\??0|false|)$/i.test(value));
}

/** Who caused the request: `Sec-Fetch-Site`, else `Origin`, else `Referer`. */
export function siteOf(headers: Headers, origin: string): Site {
  const site = headers.get('sec-fetch-site');
  if (site === 'same-origin' && isPassedOn(headers)) return isShownAsOwn(headers, origin) ? site : 'cross-site';
  if (site !== null) return SITES.has(site) ? (site as Site) : 'cross-site';
  const cause = headers.get('origin') ?? headers.get('referer');
  if (cause === null) return 'unknown';
  return URL.parse(cause)?.origin === origin ? 'same-origin' : 'cross-site';
}

/**
 * When a service worker passes a form on, Firefox and WebKit name the worker's site in place of the form's. Firefox changes `Origin` too, but
 * leaves the `Referer`. WebKit makes both up where a page sends no `Referer`, so that nothing shows whose form it is: it, and whatever does
 * not say that it is Chromium, which pages can't say for it, is not believed.
 */
function isShownAsOwn(headers: Headers, origin: string): boolean {
  if (headers.get('sec-fetch-mode') === 'navigate' && !headers.has('sec-ch-ua')) return false;
  return ['origin', 'referer'].every((name) => URL.parse(headers.get(name) ?? '')?.origin === origin);
}

/** Our own pages or the visitor's own hand. An `unknown` cause is not enough. */
export function isOwnSite(headers: Headers, origin: string): boolean {
  const site = siteOf(headers, origin);
  return site === 'same-origin' || site === 'none';
}

/**
 * Whether a page of another host has sent the request by itself: a form, a script, a picture. Under one domain browsers send cookies along,
 * whatever SameSite says, also where the way leads by another domain, whose redirect makes it `cross-site`. Somebody who follows a link goes
 * there himself. WebSockets have a check of their own.
 */
export function isOfStranger(headers: Headers, method: string, origin: string): boolean {
  const isSafe = method === 'GET' || method === 'HEAD';
  const site = headers.get('sec-fetch-site');
  if (site === null) return !isSafe && !['', origin].includes(URL.parse(headers.get('origin') ?? '')?.origin ?? '');
  const isOwn = site === 'same-origin' || site === 'none';
  if (isOwn || headers.has('upgrade') || headers.has('sec-websocket-version')) return false;
  return !isSafe || headers.get('sec-fetch-mode') !== 'navigate';
}
