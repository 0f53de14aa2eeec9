// Tells from a request's headers what caused it: somebody who goes to a page, a script, a prefetch, another site. Decides only how to answer.
// ARCHITECTURE §3 last paragraph, §2 logout; Fetch Metadata Request Headers §2.

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
  if (mode !== null || dest !== null) return (mode ?? 'navigate') === 'navigate' && (dest ?? 'document') === 'document';
  if (isScript(headers.get('x-requested-with')) || SCRIPT_FIELDS.some((name) => headers.has(name))) return false;
  return acceptsHtml(headers.get('accept') ?? '');
}

/**
 * Whether a request may begin a login, which needs a window of its own. Images and frames may not, and scripts only where a rule says so.
 * (client.js opens a window.) A request without `Sec-Fetch-Dest` may be an older browser's page, so it may unless it shows otherwise.
 */
export function mayBeginLogin(headers: Headers, allowsScript = false): boolean {
  const dest = headers.get('sec-fetch-dest');
  if (dest !== null) return dest === 'document' || (allowsScript && dest === 'empty');
  if (/^(?:image|video|audio|font)\//i.test(headers.get('accept') ?? '')) return false;
  return allowsScript || !isScript(headers.get('x-requested-with'));
}

/** htmx: it swallows a 401, and goes where `HX-Redirect` says, whatever the status. */
export function isHtmx(headers: Headers, method: string): boolean {
  return headers.get('hx-request') === 'true' && !isNavigation(headers, method);
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

/** Chrome and Safari say `Sec-Purpose`, older ones `Purpose`, Firefox `X-Moz`. */
export function isPrefetch(headers: Headers): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => {
    const tokens = (headers.get(name) ?? '').toLowerCase().split(/[\s,;]/);
    return tokens.includes('prefetch') || tokens.includes('prerender') || tokens.includes('preview');
  });
}

/** Who caused the request: `Sec-Fetch-Site`, else `Origin`, else `Referer`. */
export function siteOf(headers: Headers, origin: string): Site {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return SITES.has(site) ? (site as Site) : 'cross-site';
  const cause = headers.get('origin') ?? headers.get('referer');
  if (cause === null) return 'unknown';
  return URL.parse(cause)?.origin === origin ? 'same-origin' : 'cross-site';
}

/** Our own pages or the visitor's own hand. An `unknown` cause is not enough. */
export function isOwnSite(headers: Headers, origin: string): boolean {
  const site = siteOf(headers, origin);
  return site === 'same-origin' || site === 'none';
}
