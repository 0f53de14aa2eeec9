// The cookie that ZITADEL sets with every answer of its OAuth endpoints, and by which Login V1 knows a browser again.

import { randomBytes } from 'node:crypto';
import type { Exchange } from './instance.ts';

const NAME = 'zitadel.useragent';
const YEAR = 31_536_000;

export function readCookie(request: Request, name: string): string {
  const pairs = (request.headers.get('cookie') ?? '').split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

/** Nobody guesses it, so it proves whose sessions a browser may see. */
export function agentOf(request: Request): string {
  return readCookie(request, NAME) || randomBytes(24).toString('base64url');
}

export function agentCookie({ issuer }: Pick<Exchange, 'issuer'>, agent: string): string {
  const { hostname, protocol } = new URL(issuer);
  const secure = protocol === 'https:' ? '; Secure' : '';
  return `${NAME}=${agent}; Path=/; Domain=${hostname}; Max-Age=${YEAR}; HttpOnly${secure}; SameSite=Lax`;
}
