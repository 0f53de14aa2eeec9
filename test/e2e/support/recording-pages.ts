// An application that writes down what arrives: a service worker that passes everything on, a page with a frame, one that sends elsewhere
// by link or form, and one whose browser fetches the sign-out and the sign-in ahead.

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface RecordingPages {
  readonly origin: string;
  /** The same server under a name of another site. */
  readonly foreignOrigin: string;
  readonly arrived: Arrived[];
  close(): Promise<void>;
}

const WORKER = `addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));`;

const AHEAD = ['/auth/logout', '/auth/login?return_to=/page'];
const rules = { prefetch: [{ urls: ['/by-rule', ...AHEAD], eagerness: 'immediate' }] };
const renderRules = { prerender: [{ urls: ['/rendered', ...AHEAD], eagerness: 'immediate' }] };

const PAGES: Record<string, (query: URLSearchParams) => string> = {
  '/frame': () => '<iframe src="/in-frame"></iframe>',
  '/link': (query) => `<a id="go" href="${query.get('to')}">go</a>`,
  '/form': (query) => `<form method="post" action="${query.get('to')}"><button id="go">go</button></form>`,
  '/silent-form': (query) =>
    `<meta name="referrer" content="no-referrer"><form method="post" action="${query.get('to')}"><button id="go">go</button></form>`,
  '/ahead':
    () => `<link rel="prefetch" href="/by-link">${AHEAD.map((url) => `<link rel="prefetch" href="${url}"><a href="${url}">${url}</a>`).join(' ')}
<script type="speculationrules">${JSON.stringify(rules)}</script>
<script type="speculationrules">${JSON.stringify(renderRules)}</script>`,
};

export async function startRecordingPages(): Promise<RecordingPages> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (pathname === '/sw.js') {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(WORKER);
      return;
    }
    arrived.push({ method, path: pathname, headers });
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><title>page</title><p>${method} ${pathname}</p>${PAGES[pathname]?.(searchParams) ?? ''}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    foreignOrigin: `http://127.0.0.1:${port}`,
    arrived,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An expression for a page: its browser has a service worker from now on. */
export const REGISTER = `navigator.serviceWorker.register('/sw.js').then(() => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve(true);
  else navigator.serviceWorker.addEventListener('controllerchange', () => resolve(true));
}))`;
