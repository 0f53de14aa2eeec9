// Cookies of the application on the visitor's host: without a Domain that only the private host has, their Path moved with the address.
// RFC 6265bis §4.1.2 (Domain, Path).

import type { AddressMap } from '../upstream-path.ts';
import { isSamePlace, publicRoot } from './addresses.ts';

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

/** Of the private host, or of the name by which the application is called. */
function isPrivateDomain(value: string, { target, origin, site = target.origin }: AddressMap): boolean {
  const domain = value.replace(/^\./, '').toLowerCase();
  const visited = new URL(origin).hostname;
  return (
    domain !== '' &&
    domain !== visited &&
    [target.origin, site].some((one) => {
      const own = new URL(one).hostname;
      return domain === own || (isInDomain(own, domain) && !isInDomain(visited, domain));
    })
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
