// Does a route of wrangler.toml lead each host to the gateway, and none that nobody serves?
// Workers: routes (patterns with *, no ports), custom domains (one host each).

import { isOfSite, isWildcard } from '../../src/config/site-hosts.ts';
import type { RouteEntry } from '../installation/wrangler-config.ts';
import { type Finding, failed, warning } from './finding.ts';

const CHECK = 'routes';

/** `host` may be a wildcard. A route knows no ports. */
export function checkHostRoute(routes: readonly RouteEntry[], host: string): Finding[] {
  const bare = host.replace(/:\d+$/, '');
  const wanted = wantedRoute(bare);
  const leading = routes.map(parseRoute).filter((route) => matchesHost(route.host, bare));
  if (leading.length === 0)
    return [failed(CHECK, `no route leads ${bare} to the gateway`, `${wanted} in wrangler.toml`)];
  if (leading.some(({ isDomain, path }) => isDomain || path === '/*')) return [];
  const found = `the route covers ${leading.map(({ path }) => bare + path).join(', ')}: everything else goes past the gateway`;
  return [failed(CHECK, found, `pattern = "${bare}/*", or ${wanted}`)];
}

/** As text for wrangler.toml. */
export function wantedRoute(host: string): string {
  if (!isWildcard(host)) return `[[routes]] pattern = "${host}", custom_domain = true`;
  const record = 'a proxied DNS record and a certificate of that name (no custom domain can have a wildcard)';
  return `[[routes]] pattern = "${host}/*", zone_name = "the zone that it is in", with ${record}`;
}

/** Hosts that lead to the gateway and are no site's: whoever goes there is told so. */
export function checkStrayRoutes(routes: readonly RouteEntry[], hosts: readonly string[]): Finding[] {
  const stray = routes
    .map(parseRoute)
    .filter(({ host }) => host !== '' && !host.startsWith('*') && !hosts.some((site) => isOfSite(site, host)));
  return [...new Set(stray.map(({ host }) => host))].map((host) =>
    warning(
      CHECK,
      `a route leads ${host} to the gateway, and no site has that host: whoever goes there gets 421`,
      `[[vars.SITES]] host = "${host}", or without the route`,
    ),
  );
}

function parseRoute(entry: RouteEntry) {
  const { pattern, custom_domain } = typeof entry === 'string' ? { pattern: entry, custom_domain: false } : entry;
  const [, host = '', path = ''] = /^(?:\w+:\/\/)?([^/]*)(.*)$/.exec(pattern) ?? [];
  const isPlain = !host.includes('*') && URL.canParse(`https://${host}`);
  return { host: isPlain ? new URL(`https://${host}`).hostname : host, path, isDomain: custom_domain === true };
}

function matchesHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}
