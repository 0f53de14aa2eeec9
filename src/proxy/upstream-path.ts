// Where a public path lies at the upstream, byte for byte, and the way back for what the upstream says of itself.
// Design §1 `upstream`, `strip_prefix`; RFC 3986 §3.3.

import type { UpstreamTarget } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';

/** What forwarding depends on beside the request: the rule's part of a requirement. */
export interface Forwarding {
  readonly upstream?: UpstreamTarget;
  /** Written decoded, `*` matching within a segment. */
  readonly strip_prefix?: string;
  /** Seconds to the response's first byte. */
  readonly timeout?: number;
}

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

/** @throws GatewayError `bad_request` where a rule strips a prefix that the path has only in another reading: see stripPrefix */
export function mapAddress(
  url: string,
  target: UpstreamTarget,
  strip: string | undefined,
): AddressMap & { readonly url: string } {
  const raw = rawPathOf(url);
  const prefix = strip ? stripPrefix(raw, strip) : '';
  const rest = raw.slice(prefix.length);
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const origin = url.slice(0, url.indexOf('/', url.indexOf('//') + 2));
  return { target, origin, prefix, url: target.origin + target.basePath + path };
}

/**
 * The bytes of `raw` that spell the prefix, percent-encoded or not. `//api/x` meets the rule of `/api/*`, but what to cut from it is a
 * guess, and a wrong guess hands the upstream a path that no rule has looked at.
 */
function stripPrefix(raw: string, strip: string): string {
  let at = 0;
  for (const wanted of strip.split('/').slice(1)) {
    const end = endOfSegment(raw, at + 1);
    if (raw[at] !== '/' || !isSegment(raw.slice(at + 1, end), wanted)) {
      throw new GatewayError('bad_request', 'the path has the prefix to be stripped only in another reading');
    }
    at = end;
  }
  return raw.slice(0, at);
}

function endOfSegment(raw: string, from: number): number {
  let end = from;
  while (end < raw.length && raw[end] !== '/' && raw[end] !== '?') end++;
  return end;
}

function isSegment(raw: string, wanted: string): boolean {
  if (raw === wanted) return true;
  const segment = decodeSegment(raw);
  if (!wanted.includes('*')) return segment === wanted;
  const [first = '', ...texts] = wanted.split('*');
  if (segment === undefined || !segment.startsWith(first)) return false;
  const last = texts.pop() ?? '';
  let at = first.length;
  for (const text of texts) {
    const found = segment.indexOf(text, at);
    if (found === -1) return false;
    at = found + text.length;
  }
  return segment.endsWith(last) && segment.length - last.length >= at;
}

function decodeSegment(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Path of the upstream → path of the visitor; `undefined` for one outside of the base path, which no visitor can reach. */
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
