// A visitor’s request as the upstream receives it.

import type { UpstreamTerms } from '../../src/config/schema.ts';
import { compileReservedNames } from '../../src/identity/reserved-names.ts';
import { compileUpstreamRequest, type UpstreamExtras } from '../../src/proxy/upstream-request.ts';

export const app = { origin: 'http://app.internal:8080', basePath: '' };
export const config = { upstream: app, isSecure: true, upstreamSecrets: ['first', 'second'], namedSecrets: {} };
export const build = compileUpstreamRequest(config, compileReservedNames({}));
export const extras: UpstreamExtras = {
  requestId: 'r-1',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  identityHeaders: [['X-Forwarded-User', '1']],
  consumesAuthorization: false,
};

export function sent(headers: Record<string, string> = {}, change: Partial<UpstreamExtras> = {}) {
  const request = { url: 'https://a.example/x', headers: new Headers(headers) };
  return Object.fromEntries(build(request, {}, { ...extras, ...change }).headers);
}

export function addressOf(path: string, terms: UpstreamTerms = {}) {
  return build({ url: `https://a.example${path}`, headers: new Headers() }, terms, extras).url;
}
