// The header fields of an answer that hold addresses, and how each of them becomes public.
// RFC 9110 §8.7, §10.2.2; RFC 8288 §3 (Link); HTML §4.2.5.3 (Refresh); Fetch §3.3 (CORS); Source Map §11.1.

import { GatewayError } from '../../errors.ts';
import type { AddressMap } from '../upstream-path.ts';
import { isDamaged } from '../written-anew.ts';
import { publicOrigin, publicReference } from './addresses.ts';

type Rewrite = (value: string, addresses: AddressMap) => string;

/** Those in which a script finds where to go say it as Location does: htmx, Inertia, Turbolinks, pjax. */
const REFERENCES = [
  ...['location', 'content-location', 'sourcemap', 'x-sourcemap', 'service-worker-allowed', 'x-pingback'],
  ...['hx-redirect', 'hx-location', 'hx-push-url', 'hx-replace-url', 'x-inertia-location'],
  ...['turbolinks-location', 'x-xhr-redirected-to', 'x-pjax-url'],
];

const ADDRESSES: ReadonlyMap<string, Rewrite> = new Map<string, Rewrite>([
  ...REFERENCES.map((name): [string, Rewrite] => [name, publicReference]),
  ['refresh', publicRefresh],
  ['link', publicLinks],
  ['access-control-allow-origin', publicOrigins],
  ['timing-allow-origin', publicOrigins],
]);

/**
 * Changes the field `name`, in lower case, if it holds a private address.
 * @throws GatewayError `upstream_unreachable` for a redirect that can't be written: it would lead to another page, or to the private host
 */
export function makePublic(headers: Headers, name: string, addresses: AddressMap, status: number): void {
  const rewrite = ADDRESSES.get(name);
  if (!rewrite) return;
  const value = headers.get(name) ?? '';
  const changed = rewrite(value, addresses);
  if (changed === value) return;
  if (!isDamaged(changed)) headers.set(name, changed);
  else if (name === 'location' && status >= 300 && status < 400)
    throw new GatewayError('upstream_unreachable', 'a redirect to the private address has bytes that are no UTF-8');
  else headers.delete(name);
}

const REFRESH = /^(\s*[\d.]+(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?)(?:"([^"]+)|'([^']+)|([^\s"'].*))/is;

/** `5; url=…`, in quotes or not, as browsers read it (HTML §4.2.5.3, shared declarative refresh steps). */
function publicRefresh(refresh: string, addresses: AddressMap): string {
  return refresh.replace(REFRESH, (all, before: string, ...[double, single, bare]: (string | undefined)[]) => {
    const address = double ?? single ?? bare ?? '';
    const quote = all.slice(before.length, all.length - address.length);
    return before + quote + publicReference(address, addresses);
  });
}

/** The targets, and the context that `anchor` names. Everything else in quotes is text. */
const LINK_PART = /((?<![\w-])anchor="|<)([^"<>]*)("?)|"(?:[^"\\]|\\.)*"?/gi;

function publicLinks(links: string, addresses: AddressMap): string {
  return links.replace(LINK_PART, (part, start?: string, address = '', end = '') =>
    start === undefined ? part : start + publicReference(address, addresses) + end,
  );
}

/** One in `Access-Control-Allow-Origin`, several in `Timing-Allow-Origin`. */
function publicOrigins(origins: string, addresses: AddressMap): string {
  return origins.replace(/[^\s,]+/g, (origin) => publicOrigin(origin, addresses));
}
