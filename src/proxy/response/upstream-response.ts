// From the upstream's response to the visitor's: header fields. Pure; the body is not looked at.
// ARCHITECTURE §4 "Never reaches the visitor".

import type { Config } from '../../config/schema.ts';
import { compileIdentityNames } from '../../identity/reserved-names.ts';
import { cookieBase } from '../../shared/cookie-base.ts';
import { HOP_BY_HOP, namedByConnection } from '../../shared/field-names.ts';
import { isOwnCookie } from '../own-cookies.ts';
import type { AddressMap } from '../upstream-path.ts';
import { writeSetCookies } from '../written-anew.ts';
import { makePublic } from './address-fields.ts';
import { isSurrogateField, type Keeping, keepPrivate } from './caching.ts';
import { clearSiteData, type SentRequest } from './clear-site-data.ts';
import { publicSetCookie } from './public-cookies.ts';
import { compileSecurityHeaders } from './security-headers.ts';

/** Fields that concern one connection, and alternative services, which would lead visitors past the gateway to the private host. */
const DROPPED: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'proxy-authentication-info', 'alt-svc']);

/** An upstream's `Connection` takes away fields of its own only, never one that protects the visitor or delimits the body. */
const KEPT_FROM_CONNECTION =
  /^(cache-control|content-|cross-origin-|location|permissions-policy|referrer-policy|set-cookie|strict-|vary|x-content-|x-frame-)/;

export interface ResponseContext {
  readonly addresses: AddressMap;
  /** Whether the response was made for a known user: by a session or a bearer token, or on a route that demands one. */
  readonly isPersonal: boolean;
  /** What the browser may keep of it, if it is personal. Default: what the application says. */
  readonly keeping?: Keeping;
  readonly sent?: SentRequest;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * Changes the headers in place: they are already a copy, which the visitor's response was made with. What needs no change is not set anew,
 * so that it keeps its bytes.
 * @throws GatewayError `upstream_unreachable`
 */
export type RewriteResponseHeaders = (answer: UpstreamAnswer, context: ResponseContext) => void;

export function compileResponseHeaders(
  config: Pick<Config, 'isSecure' | 'securityHeaders' | 'identityHeaders'>,
): RewriteResponseHeaders {
  // These were for the upstream alone, and an upstream may send its request back.
  const isIdentity = compileIdentityNames(config);
  const ownBase = cookieBase(config.isSecure);
  const addSecurityHeaders = compileSecurityHeaders(config);

  return ({ status, headers }, { addresses, isPersonal, keeping, sent }) => {
    const named = namedByConnection(headers.get('Connection'), KEPT_FROM_CONNECTION);
    for (const name of [...headers.keys()]) {
      const isDropped = DROPPED.has(name) || named?.has(name) || isIdentity(name);
      if (isDropped || (isPersonal && isSurrogateField(name))) headers.delete(name);
      else makePublic(headers, name, addresses, status);
    }
    const lines = headers.getSetCookie();
    const kept = lines.filter((line) => !isOwnCookie(line, ownBase)).map((line) => publicSetCookie(line, addresses));
    if (kept.length < lines.length || kept.some((line, index) => line !== lines[index])) writeSetCookies(headers, kept);
    if (headers.has('Clear-Site-Data')) clearSiteData(headers, ownBase, sent);
    if (isPersonal) keepPrivate(headers, keeping);
    // A 304 changes what is stored (RFC 9111 §3.2), and what is stored has them already.
    if (status !== 304) addSecurityHeaders(headers);
  };
}
