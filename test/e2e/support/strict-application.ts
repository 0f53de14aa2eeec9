// An application whose pages let their forms lead to the site itself alone, and another site that posts to it.
// CSP Level 3 §6.4.1 (form-action).

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Posted {
  readonly url: string;
  readonly body: string;
  readonly origin: string | undefined;
  readonly site: string | undefined;
}

export interface StrictApplication {
  /** As the gateway reaches it, and as another site: `localhost` is none of it. */
  readonly origin: string;
  readonly posted: Posted[];
  close(): Promise<void>;
}

const PAGE = `<!doctype html><title>strict</title><h1>strict</h1>
<form id="save" method="post" action="/save"><input name="text" value="kept"><button>save</button></form>
<form id="search" method="get" action="/search"><input name="q" value="1"><button>search</button></form>
<form id="leave" method="post" action="/auth/logout"><button>leave</button></form>`;

/** On the other site: forms to paths of the gateway's, whose origin is its query. */
const foreignPage = (gateway: string) => `<!doctype html><title>provider</title>
<form id="wanted" method="post" action="${gateway}/acs"><input name="SAMLResponse" value="PHNhbWw+"><button>go</button></form>
<form id="unwanted" method="post" action="${gateway}/save"><input name="text" value="x"><button>go</button></form>
<form id="initiate" method="post" action="${gateway}/auth/login"><input name="target_link_uri" value="${gateway}/report"><button>go</button></form>`;

export async function startStrictApplication(): Promise<StrictApplication> {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url = '', headers } = request;
    const site = headers['sec-fetch-site'] as string | undefined;
    if (method === 'POST') posted.push({ url, body, origin: headers.origin, site });
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    if (url.startsWith('/foreign?')) return response.end(foreignPage(url.slice('/foreign?'.length)));
    response.setHeader('Content-Security-Policy', "default-src 'self'; form-action 'self'");
    response.end(method === 'POST' ? `<!doctype html><title>done</title><p>${posted.length} posted` : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
