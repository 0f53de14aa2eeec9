// Whether two upstreams are one: the same origin, base path and service binding. What is one shares a secret, what is not never does.
// ARCHITECTURE §1 `upstream`, `upstream_secret`.

import type { UpstreamTarget } from '../config/schema.ts';

export function isSameTarget(one: UpstreamTarget | undefined, other: UpstreamTarget | undefined): boolean {
  return one?.origin === other?.origin && one?.basePath === other?.basePath && one?.binding === other?.binding;
}
