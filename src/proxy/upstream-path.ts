// Where a public path lies at the upstream, byte for byte, and which public path an address of the upstream has.
// ARCHITECTURE §1 `upstream`, `strip_prefix`; RFC 3986 §3.3.

import type { UpstreamTarget } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { spelledPrefix } from '../shared/path-text.ts';
import { calledSite, fetchedOrigin } from './site/called-as.ts';

/** One request's mapping between the visitor's and the upstream's addresses. */
export interface AddressMap {
  readonly target: UpstreamTarget;
  /** The visitor's origin. */
  readonly origin: string;
  /** The origin that the upstream is told is its own. Missing: the target's. */
  readonly site?: string;
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

/** The same with what addresses on the way up need. */
export interface WayUp extends AddressMap {
  readonly site: string;
  /** The prefix that is removed, as the rule has it; `''` for none. */
  readonly strip: string;
}

/**
 * `called` from calledAs.
 * @throws GatewayError `bad_request` where a rule strips a prefix that the path has only in another reading: see spelledPrefix
 */
export function mapAddress(
  url: string,
  target: UpstreamTarget,
  strip = '',
  called = 'upstream',
): WayUp & { readonly url: string } {
  const raw = rawPathOf(url);
  const path = upstreamPath(raw, { target, strip });
  if (path === undefined) {
    throw new GatewayError('bad_request', 'the path has the prefix to be stripped only in another reading');
  }
  const origin = url.slice(0, url.indexOf('/', url.indexOf('//') + 2));
  const site = calledSite(called, target, origin);
  const prefix = strip && (spelledPrefix(raw, strip) ?? '');
  return { target, origin, site, strip, prefix, url: fetchedOrigin(target, site) + path };
}

/** The upstream's path for one of the visitor's, with or without its query; `undefined` where it does not spell the prefix. */
export function upstreamPath(raw: string, { target, strip }: Pick<WayUp, 'target' | 'strip'>): string | undefined {
  const prefix = strip ? spelledPrefix(raw, strip) : '';
  if (prefix === undefined) return undefined;
  const rest = raw.slice(prefix.length);
  return target.basePath + (rest.startsWith('/') ? rest : `/${rest}`);
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
