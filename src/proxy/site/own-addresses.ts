// Addresses in a visitor's request that are our own: the upstream gets them as addresses of the site by whose name it is called, so that
// they agree with its Host. A foreign address stays foreign, which is what an application's CSRF check lives by.
// RFC 6454 §7 (Origin); RFC 9110 §10.1.3 (Referer); RFC 4918 §10.3 (Destination), §10.4 (If); HTML §4.6.5 (Ping-From, Ping-To).

import { parseDestination } from '../../shared/destination.ts';
import { upstreamPath, type WayUp } from '../upstream-path.ts';
import { isDamaged } from '../written-anew.ts';

type Rewrite = (value: string, addresses: WayUp) => string | undefined;

const OWN_ADDRESSES: ReadonlyMap<string, Rewrite> = new Map([
  ['origin', originToPass],
  ['sec-websocket-origin', originToPass],
  ['referer', referenceToPass],
  ['ping-from', referenceToPass],
  ['ping-to', referenceToPass],
  ['hx-current-url', referenceToPass],
  ['destination', destinationToPass],
  ['if', conditionToPass],
]);

export const OWN_ADDRESS_FIELDS: readonly string[] = [...OWN_ADDRESSES.keys()];

/** What the upstream gets of one of these fields; `undefined` for nothing. */
export const ownAddressToPass = (name: string, value: string, addresses: WayUp): string | undefined =>
  OWN_ADDRESSES.get(name)?.(value, addresses);

/** Another origin under which the application would take a stranger for itself is `null`: whoever is there, it is not our page. */
function originToPass(value: string, addresses: WayUp): string {
  const { origin, site } = addresses;
  if (value === origin) return site;
  const url = URL.parse(value);
  if (url?.origin === origin) return site;
  return isTakenForOwn(url, addresses) ? 'null' : value;
}

function referenceToPass(value: string, addresses: WayUp): string | undefined {
  const { origin } = addresses;
  if (value.startsWith(origin) && /^[/?#]/.test(value.slice(origin.length))) {
    return placeOf(value.slice(origin.length), value, addresses);
  }
  const url = URL.parse(value);
  if (url?.origin === origin) return placeOf(url.pathname + url.search + url.hash, value, addresses);
  return isTakenForOwn(url, addresses) ? undefined : value;
}

/**
 * A page outside of the stripped prefix has no address at this upstream, and one whose bytes have been lost can't be written again. What is
 * left of either is the site.
 */
function placeOf(path: string, value: string, addresses: WayUp): string {
  const { site, target } = addresses;
  const moved = upstreamPath(path, addresses);
  const place = moved === undefined ? undefined : site + moved;
  return place === undefined || (isDamaged(value) && place !== value) ? `${site}${target.basePath}/` : place;
}

/** Applications compare hosts rather than origins, with the name they are called by or with the Host that they get. */
function isTakenForOwn(url: URL | null, { target, site, origin }: WayUp): boolean {
  const [, ownHost] = origin.split('//');
  return (
    url !== null && url.host !== ownHost && [site, target.origin].some((own) => hostOf(own, url.protocol) === url.host)
  );
}

/** As a URL of that scheme has it: with the port where it is not the scheme's own. */
function hostOf(origin: string, protocol: string): string | undefined {
  return URL.parse(origin.replace(/^\w+:/, protocol))?.host;
}

/** Judged with the request (gate/), where its method is one that writes there. It goes up in the spelling that was judged. */
function destinationToPass(value: string, addresses: WayUp): string | undefined {
  const url = parseDestination(value, addresses.origin.split('//')[1] ?? '');
  if (typeof url === 'string') return value;
  const path = upstreamPath(url.pathname + url.search, addresses);
  return path === undefined || value.startsWith('/') ? path : addresses.site + path;
}

/**
 * `<resource> (<state token> [etag])`: only what stands outside of the brackets is an address. One whose bytes have been lost stays, and is
 * not met: without it the request would do more.
 */
function conditionToPass(value: string, addresses: WayUp): string {
  if (isDamaged(value)) return value;
  // What is not closed is taken to the end, so that nothing is read twice.
  return value.replace(/\([^)]*|<([^>]*)(>?)/g, (whole, resource = '', end = '') =>
    end === '' ? whole : `<${destinationToPass(resource, addresses) ?? resource}>`,
  );
}
