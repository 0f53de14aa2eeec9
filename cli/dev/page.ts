// Serves the page that lists what is running, to browsers of this machine that ask for it by its own name.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Overview } from './overview.ts';
import { STYLE } from './page-style.ts';
import { renderPage } from './page-view.ts';

export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** What there is to show now; `undefined` while all of it starts. */
export type Current = () => Promise<Overview | undefined>;

/** `port` 0: any. */
export async function startPage(port: number, current: Current): Promise<Page> {
  const server = createServer(async ({ method = '', url = '/', headers }, response) => {
    const answer = (status: number, body: string) =>
      response.writeHead(status, body.startsWith('<') ? HEADERS : { 'content-type': 'text/plain' }).end(body);
    // Another name that leads here is some other site's (DNS rebinding).
    if (!/^(localhost|127\.0\.0\.1):\d+$/.test(headers.host ?? ''))
      return answer(421, 'This is not the page you think.\n');
    if (method !== 'GET' && method !== 'HEAD') return answer(405, 'This page is only read.\n');
    if (url.split('?')[0] !== '/') return answer(404, 'There is one page: /\n');
    try {
      const overview = await current();
      return overview ? answer(200, renderPage(overview)) : answer(503, 'Not all of it runs yet.\n');
    } catch (cause) {
      return answer(500, `${cause instanceof Error ? cause.message : String(cause)}\n`);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
