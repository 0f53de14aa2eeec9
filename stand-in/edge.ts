// What ZITADEL answers before any endpoint is asked: a host it does not know, a database that is away; and what it puts
// on every answer of its OAuth endpoints.

import type { Exchange, Instance } from './instance.ts';
import { agentCookie, agentOf } from './user-agent.ts';

const text = (body: string, status: number): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });

const originSentence = (url: URL, issuer: string): string =>
  `unable to set instance using origin &{${url.host}  ${url.protocol.slice(0, -1)}} ` +
  `(ExternalDomain is ${new URL(issuer).hostname}): `;

/** An instance is found by the host that was asked; any other name of the same machine is nobody's. */
export function unknownHost(url: URL, issuer: string): Response {
  const message =
    'ID=QUERY-1kIjX Message=Instance not found. Make sure you got the domain right. ' +
    'Check out https://zitadel.com/docs/apis/introduction#domains\n';
  return text(originSentence(url, issuer) + message, 404);
}

const NO_DATABASE = 'Parent=(failed to connect to `user=zitadel database=zitadel`: connection refused)\n';

/** Answers the health endpoints, and everything while the database is away; otherwise undefined. */
export function answerWithoutDatabase({ settings }: Instance, { url, issuer }: Exchange): Response | undefined {
  if (url.pathname === '/debug/healthz') return text('ok', 200);
  const isReady = !settings.databaseDown;
  if (url.pathname === '/debug/ready') {
    return isReady ? text('ok', 200) : text(`ID=API-F24h2 Message=DB CONNECTION ERROR ${NO_DATABASE}`, 412);
  }
  if (isReady) return undefined;
  return text(`${originSentence(url, issuer)}ID=QUERY-d3fas Message=An internal error occurred ${NO_DATABASE}`, 500);
}

const HOUR_MS = 3_600_000;

/** Headers of every OAuth and OIDC answer, discovery and keys too. */
export function dress({ now, nextId }: Instance, exchange: Exchange, response: Response): Response {
  const { headers } = response;
  headers.set('vary', 'Origin, Cookie');
  headers.set('x-request-id', nextId());
  headers.set('x-robots-tag', 'none');
  if (headers.get('cache-control') === 'no-store') {
    headers.set('pragma', 'no-cache');
    headers.set('expires', new Date(now() * 1000 - HOUR_MS).toUTCString());
  }
  headers.append('set-cookie', agentCookie(exchange, agentOf(exchange.request)));
  return response;
}
