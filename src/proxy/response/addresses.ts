// Addresses in the upstream's answer: its private origin becomes the public one, in Location, Content-Location, Refresh and cookies.
// RFC 9110 §10.2.2 (Location), §8.7 (Content-Location); RFC 6265bis §4.1.2 (Domain, Path).

import { type AddressMap, isBelow, publicPath } from '../upstream-path.ts';

/**
 * The scheme, if any, and the authority. A URL parser would spell what follows differently, and it has to stay as it is. Browsers take any
 * number of slashes, of either kind (WHATWG URL, special authority ignore slashes state).
 */
const ABSOLUTE = /^(?:(https?):[/\\]*|[/\\]{2,})([^/?#\\]*)/i;

/** A URI reference as the visitor has to see it. One that does not lead to the upstream is left alone. */
export function publicReference(reference: string, addresses: AddressMap): string {
  const [start = '', scheme, authority] = ABSOLUTE.exec(reference) ?? [];
  if (authority === undefined)
    return reference.startsWith('/') ? onOurSite(publicRoot(reference, addresses), addresses) : reference;
  if (!isPrivateHost(authority, scheme, addresses)) return reference;
  const rest = reference.slice(start.length);
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  // Nobody can reach another folder of the private host, but its name stays private all the same.
  return addresses.origin + (publicPath(path, addresses) ?? path);
}

/** `/base//evil.example` without its base would name another host. */
const onOurSite = (path: string, { origin }: AddressMap): string => (/^\/[/\\]/.test(path) ? origin + path : path);

/** Whether the upstream's paths are the visitor's. */
const isSamePlace = ({ target, prefix }: AddressMap): boolean => target.basePath === '' && prefix === '';

/** A path without origin, as in most redirects. It is moved only where the upstream's paths differ from the visitor's. */
function publicRoot(path: string, addresses: AddressMap): string {
  const { target, prefix } = addresses;
  if (isSamePlace(addresses)) return path;
  // An application that has been told its public prefix writes it itself.
  if (prefix !== '' && target.basePath === '' && isBelow(path, prefix)) return path;
  return publicPath(path, addresses) ?? path;
}

/** An application behind a proxy writes the host that it was called by, with the scheme that it was told or the one that it sees. */
function isPrivateHost(authority: string, scheme: string | undefined, { target, origin }: AddressMap): boolean {
  const own = new URL(target.origin);
  const url = `${scheme ?? own.protocol.slice(0, -1)}://${authority}`;
  if (authority.includes('@') || !URL.canParse(url)) return false;
  const found = new URL(url);
  return found.origin !== origin && found.hostname === own.hostname && found.port === own.port;
}

/** `5; url=…`, in quotes or not, as browsers read it (HTML §4.2.5.3, shared declarative refresh steps). */
export function publicRefresh(refresh: string, addresses: AddressMap): string {
  const [, before, address] = /^(\s*[\d.]+(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?["']?)([^\s"'].*)$/is.exec(refresh) ?? [];
  return before === undefined || address === undefined ? refresh : before + publicReference(address, addresses);
}

/** A Set-Cookie line for the visitor's host: without a Domain that only the private host has, Path moved with the address. */
export function publicSetCookie(line: string, addresses: AddressMap): string {
  // This holds for nearly every cookie: nothing in it depends on where the upstream lies.
  if (isSamePlace(addresses) && !/;\s*domain/i.test(line)) return line;
  const [pair = '', ...attributes] = line.split(';');
  const kept = attributes.flatMap((attribute) => {
    const equals = attribute.indexOf('=');
    const name = attribute.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = attribute.slice(equals + 1).trim();
    if (name === 'domain') return isPrivateDomain(value, addresses) ? [] : [attribute];
    return name === 'path' ? [publicCookiePath(attribute, value, addresses)] : [attribute];
  });
  return [pair, ...kept].join(';');
}

function isPrivateDomain(value: string, { target, origin }: AddressMap): boolean {
  const domain = value.replace(/^\./, '').toLowerCase();
  const visited = new URL(origin).hostname;
  const own = new URL(target.origin).hostname;
  return (
    domain !== '' && isInDomain(own, domain) && (domain === own ? domain !== visited : !isInDomain(visited, domain))
  );
}

const isInDomain = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** A cookie for the application's root may stay one for the whole site; a cookie for a folder has to follow the folder. */
function publicCookiePath(attribute: string, path: string, addresses: AddressMap): string {
  if (!path.startsWith('/') || path === '/') return attribute;
  const moved = publicRoot(path, addresses);
  // publicPath ends the root of a prefix with a slash, which has to go: `Path=/api/` would not cover `/api`.
  const folder = path.endsWith('/') || moved === '/' ? moved : moved.replace(/\/$/, '');
  return moved === path ? attribute : ` Path=${folder}`;
}
