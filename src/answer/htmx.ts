// What htmx fetches in a page's stead (`hx-boost`), a sign-out or the account page, its page loads itself: it can't follow a redirect to
// ZITADEL, and would show our page inside the application's. https://htmx.org/headers/hx-redirect/

import { ENDPOINTS, type EndpointName } from '../endpoints/catalogue.ts';
import type { Gateway } from '../gateway.ts';
import { ownResponseHeaders } from '../pages/page-headers.ts';
import { isHtmx, isPrefetch } from '../policy/navigation.ts';
import { addressOf } from '../shared/own-address.ts';
import type { AppContext, Endpoint } from './answers.ts';

type Handler = ReturnType<Endpoint>;

/** A GET does nothing yet: what it asks for is done for the page that loads it. */
export function forHtmx(gateway: Gateway, name: EndpointName, handler: Handler): Handler {
  if (!('leadsRound' in ENDPOINTS[name]) && name !== 'profile') return handler;
  return async (c: AppContext) => {
    const { method, raw } = c.req;
    if (!isHtmx(raw.headers, method) || isPrefetch(raw.headers)) return handler(c);
    if (method === 'GET') return leadPage(gateway, addressOf(c.get('url')));
    const answer = await handler(c);
    const location = answer.headers.get('location');
    return location === null ? answer : leadPage(gateway, location, answer.headers.getSetCookie());
  };
}

function leadPage({ config }: Gateway, location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ ...ownResponseHeaders(config), 'HX-Redirect': location });
  for (const cookie of cookies) headers.append('Set-Cookie', cookie);
  return new Response(null, { status: 204, headers });
}
