// Addresses in the upstream's answer: what leads to its private host, or to the public one in another spelling, leads to the visitor's origin.
// RFC 9110 §10.2.2 (Location); WHATWG URL §4.4 (how a browser finds the host).

import { type AddressMap, isBelow, publicPath } from '../upstream-path.ts';

/**
 * The scheme, if any, and the authority. A URL parser would spell what follows differently, and it has to stay as it is. Browsers take any
 * number of slashes, of either kind (WHATWG URL, special authority ignore slashes state).
 */
const ABSOLUTE = /^(?:(https?):[/\\]*|[/\\]{2,})([^/?#\\]*)/i;

/** A URI reference as the visitor has to see it. One that leads elsewhere is left alone, and so is one that is right already. */
export function publicReference(reference: string, addresses: AddressMap): string {
  const [start = '', scheme, authority] = ABSOLUTE.exec(reference) ?? [];
  if (authority === undefined) return reference.startsWith('/') ? onOurSite(reference, addresses) : reference;
  if (!isOurs(authority, scheme, addresses)) return reference;
  const rest = reference.slice(start.length);
  // Nobody can reach another folder of the private host, but its name stays private all the same.
  return addresses.origin + publicRoot(rest.startsWith('/') ? rest : `/${rest}`, addresses);
}

/** An origin without a path, as CORS has it. */
export function publicOrigin(value: string, addresses: AddressMap): string {
  const [start, scheme, authority] = ABSOLUTE.exec(value) ?? [];
  if (authority === undefined || start !== value) return value;
  return isOurs(authority, scheme, addresses) ? addresses.origin : value;
}

/** `/base//evil.example` without its base would name another host. */
function onOurSite(reference: string, addresses: AddressMap): string {
  const path = publicRoot(reference, addresses);
  return /^\/[/\\]/.test(path) ? addresses.origin + path : path;
}

/** Whether the upstream's paths are the visitor's. */
export const isSamePlace = ({ target, prefix }: AddressMap): boolean => target.basePath === '' && prefix === '';

/** A path without origin, as in most redirects. It is moved only where the upstream's paths differ from the visitor's. */
export function publicRoot(path: string, addresses: AddressMap): string {
  const { target, prefix } = addresses;
  if (isSamePlace(addresses)) return path;
  // An application that has been told its public prefix writes it itself.
  if (prefix !== '' && target.basePath === '' && isBelow(path, prefix)) return path;
  return publicPath(path, addresses) ?? path;
}

/**
 * Whether an authority names the upstream, or the visitor's origin in another spelling. An application behind a proxy writes the host that
 * it was called by or the one that it was told, with the scheme and the port that it was told or that it sees; somebody's name before `@`
 * counts for nothing.
 */
function isOurs(
  authority: string,
  scheme: string | undefined,
  { target, origin, site = target.origin }: AddressMap,
): boolean {
  const visited = new URL(origin);
  const found = URL.parse(`${scheme ?? visited.protocol.slice(0, -1)}://${authority}`);
  if (!found || found.origin === origin) return false;
  const own = new URL(target.origin);
  // Also the name that it is called by, where that is a third one.
  const names = site === target.origin || site === origin ? [own, visited] : [own, visited, new URL(site)];
  if (names.some((one) => isSameHost(found, one) && isSamePort(found, one))) return true;
  return isSameHost(found, visited) && portOf(found) === portOf(own);
}

const isSameHost = (one: URL, other: URL): boolean => withoutDot(one.hostname) === withoutDot(other.hostname);
const withoutDot = (host: string): string => (host.endsWith('.') ? host.slice(0, -1) : host);
const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');
/** Each scheme's own port is the same one, because an application may have been told another scheme. */
const isSamePort = (one: URL, other: URL): boolean => one.port === other.port || portOf(one) === portOf(other);
