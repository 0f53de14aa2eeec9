// Where a public path lies at the upstream, byte for byte, and which public path an address of the upstream has.
// ARCHITECTURE §1 `upstream`, `strip_prefix`; RFC 3986 §3.3.

import type { UpstreamTarget } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { spelledPrefix } from '../shared/path-text.ts';

/** One request's mapping between the visitor's and the upstream's addresses. */
export interface AddressMap {
  readonly target: UpstreamTarget;
  /** The visitor's origin. */
  readonly origin: string;
  /** The bytes that were removed from the front of the path; `''` for none. */
  readonly prefix: string;
}

/** Path and query of an absolute URL, as they are written there. */
export function rawPathOf(url: string): string {
  const slash = url.indexOf('/', url.indexOf('//') + 2);
  const hash = url.indexOf('#');
  const raw = url.slice(slash === -1 ? url.length : slash, hash === -1 ? url.length : hash);
  return raw.startsWith('/') ? raw : `/${raw}`;
}

/** @throws GatewayError `bad_request` where a rule strips a prefix that the path has only in another reading: see spelledPrefix */
export function mapAddress(
  url: string,
  target: UpstreamTarget,
  strip: string | undefined,
): AddressMap & { readonly url: string } {
  const raw = rawPathOf(url);
  const prefix = strip ? spelledPrefix(raw, strip) : '';
  if (prefix === undefined) {
    throw new GatewayError('bad_request', 'the path has the prefix to be stripped only in another reading');
  }
  const rest = raw.slice(prefix.length);
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const origin = url.slice(0, url.indexOf('/', url.indexOf('//') + 2));
  return { target, origin, prefix, url: target.origin + target.basePath + path };
}

/** The visitor's path for one of the upstream's; `undefined` outside of the base path, where no visitor can get. */
export function publicPath(path: string, { target, prefix }: AddressMap): string | undefined {
  const { basePath } = target;
  if (!isBelow(path, basePath)) return undefined;
  const rest = path.slice(basePath.length);
  return prefix + (rest.startsWith('/') ? rest : `/${rest}`);
}

/** Whether `path` is the folder `base` or lies in it. */
export function isBelow(path: string, base: string): boolean {
  return (
    base === '' ||
    (path.startsWith(base) && (path.length === base.length || '/?#'.includes(path[base.length] as string)))
  );
}
