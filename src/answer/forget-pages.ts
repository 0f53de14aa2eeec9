// What a sign-out makes a browser forget: the pages that it keeps to show them again, and those that it has fetched ahead.
// Clear Site Data §3.1. What each browser does with it: docs/browsers.md.

const FETCHED_AHEAD = '"prefetchCache", "prerenderCache"';

/**
 * Chromium looks through the cache of all sites for what is ours, which takes seconds where the cache is full, while the visitor waits; and
 * none of its pages to go back to is in there. `no-store` and the cookie that is taken away close those.
 */
const isChromium = (headers: Headers): boolean => (headers.get('sec-ch-ua') ?? '').includes('"Chromium"');

/** What a script or a service worker has fetched, WebKit never hands over while it clears: the visitor would wait for ever. */
const isTab = (headers: Headers): boolean => (headers.get('sec-fetch-dest') ?? 'document') === 'document';

export function forgetPages(visitorHeaders: Headers, response: Response): Response {
  if (!isTab(visitorHeaders)) return response;
  const types = isChromium(visitorHeaders) ? FETCHED_AHEAD : `"cache", ${FETCHED_AHEAD}`;
  response.headers.set('Clear-Site-Data', types);
  return response;
}
