// Header fields of an answer as the visitor receives them.

import type { Keeping } from '../../src/proxy/response/caching.ts';
import { compileResponseHeaders } from '../../src/proxy/response/upstream-response.ts';

export const config = { isSecure: true, securityHeaders: {} };
export const addresses = {
  target: { origin: 'http://app.internal:8080', basePath: '' },
  origin: 'https://a.example',
  prefix: '',
};

export interface Circumstances {
  readonly isPersonal?: boolean;
  readonly keeping?: Keeping;
  readonly status?: number;
  readonly securityHeaders?: Record<string, string | false>;
  readonly basePath?: string;
  readonly prefix?: string;
  readonly target?: string;
  /** The origin that the upstream is told is its own. */
  readonly site?: string;
}

export function received(fields: HeadersInit, circumstances: Circumstances = {}) {
  const {
    isPersonal = true,
    keeping = 'all',
    status = 200,
    securityHeaders = {},
    basePath = '',
    prefix = '',
    target = addresses.target.origin,
    site = target,
  } = circumstances;
  const rewrite = compileResponseHeaders({ ...config, securityHeaders });
  const headers = new Headers(fields);
  const map = { ...addresses, site, prefix, target: { origin: target, basePath } };
  rewrite({ status, headers }, { addresses: map, isPersonal, keeping });
  return headers;
}
