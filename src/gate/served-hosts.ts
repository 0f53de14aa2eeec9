// The hosts that a site serves: its own, and where no sites are configured those that rules name.
// ARCHITECTURE §3 (421), §7 Sites.

import type { Config } from '../config/schema.ts';

/** A rule's host without a port stands for all its ports. */
export function compileServedHosts({
  origin,
  ruleHosts,
}: Pick<Config, 'origin' | 'ruleHosts'>): (host: string) => boolean {
  const own = new URL(origin).host;
  return (host) => host === own || findRuleHost(ruleHosts, host) !== undefined;
}

export const findRuleHost = (hosts: ReadonlySet<string>, host: string): string | undefined =>
  [host, host.replace(/:\d+$/, '')].find((each) => hosts.has(each));
