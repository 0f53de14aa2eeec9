// An old application without login: a guest book. It reads headers, because only the gateway can reach it.

import { createHash, timingSafeEqual } from 'node:crypto';
import { type Exchange, html, type Reply } from './exchange.ts';
import { createGuestbook } from './guestbook.ts';
import { escapeHtml, NAME } from './layout.ts';
import { type Listening, listen } from './listen.ts';
import { adminPage, landingPage, notFoundPage, profilePage, staffPage } from './pages.ts';
import { STYLE } from './style.ts';
import { readVisitor } from './visitor.ts';

export interface ApplicationOptions {
  /** What the gateway sends as `X-Gateway-Secret`; without it, whoever comes is believed. */
  upstreamSecret?: string | undefined;
  now?: () => Date;
  /** Instead of the guest book's. */
  name?: string | undefined;
}

interface GuestbookApplication {
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  listen(port?: number, host?: string): Promise<Listening>;
}

type Route = (exchange: Exchange) => Reply;

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function echo({ method, rawUrl, headers, body }: Exchange): Reply {
  const sent = { method, url: rawUrl, headers: Object.fromEntries(headers), body };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) };
}

function createRoutes(now: () => Date): Record<string, Route> {
  const guestbook = createGuestbook(now);
  return {
    '/': ({ headers }) => html(landingPage(readVisitor(headers))),
    '/guestbook': (exchange) => (exchange.method === 'POST' ? guestbook.sign(exchange) : guestbook.show(exchange)),
    '/profile': ({ headers }) => html(profilePage(readVisitor(headers), headers)),
    '/staff': ({ headers }) => html(staffPage(readVisitor(headers))),
    '/admin': ({ headers }) => html(adminPage(readVisitor(headers), guestbook.count())),
    '/assets/style.css': () => ({
      status: 200,
      headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=300' },
      body: STYLE,
    }),
    '/echo': echo,
  };
}

export function createApplication({ upstreamSecret, now = () => new Date(), name = NAME }: ApplicationOptions = {}) {
  const routes = createRoutes(now);
  const findRoute = (path: string) => (Object.hasOwn(routes, path) ? routes[path] : undefined);

  async function answer(request: Request, rawUrl?: string): Promise<Response> {
    const { method, headers } = request;
    if (upstreamSecret && !isSame(headers.get('x-gateway-secret') ?? '', upstreamSecret)) {
      return new Response('This application is reached through its gateway only.\n', {
        status: 403,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
    }
    const url = new URL(request.url);
    const raw = rawUrl ?? url.pathname + url.search;
    const exchange: Exchange = { method, url, rawUrl: raw, headers, body: await request.text() };
    const route = findRoute(raw.startsWith('/echo/') ? '/echo' : url.pathname);
    const reply = route ? route(exchange) : html(notFoundPage(readVisitor(headers)), 404);
    return new Response(name === NAME ? reply.body : reply.body?.replaceAll(NAME, escapeHtml(name)), {
      status: reply.status,
      headers: reply.headers,
    });
  }

  const application: GuestbookApplication = {
    fetch: (input, init) => answer(new Request(input, init)),
    listen: (port = 0, host = '127.0.0.1') => listen(answer, port, host),
  };
  return application;
}
