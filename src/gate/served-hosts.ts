// The hosts that the gateway serves: the callback's, and those that rules name.
// ARCHITECTURE §3 (421).

import type { Config } from '../config/schema.ts';

/** A rule's host without a port stands for all its ports. */
export function compileServedHosts({ origin, routes }: Pick<Config, 'origin' | 'routes'>): (host: string) => boolean {
  const ownHost = new URL(origin).host;
  const routeHosts = new Set(routes.flatMap(({ hosts }) => hosts ?? []));
  return (host) => host === ownHost || routeHosts.has(host) || routeHosts.has(host.replace(/:\d+$/, ''));
}
