// The sites of a configuration, for commands that go through all of them: the first, those beside it, and what stands for a wildcard's.
// ARCHITECTURE §7 Sites.

import type { LoadedConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { isWildcard } from '../../src/config/site-hosts.ts';

export type Sites = Pick<LoadedConfig & { ok: true }, 'config' | 'sites'>;

export interface KnownSite {
  /** As in the configuration: `*.` stands for one more name. */
  readonly host: string;
  readonly isFirst: boolean;
  readonly isWildcard: boolean;
  /** Of a wildcard, that of one host it stands for. */
  readonly config: Config;
}

/** A name that nobody has. */
export const sampleHost = (host: string): string => host.replace(/^\*\./, 'postern-any.');

export function listSites({ config, sites }: Sites): readonly KnownSite[] {
  const first = { host: new URL(config.origin).host, isFirst: true, isWildcard: false, config };
  const others = sites.map(({ host, at }) => ({
    host,
    isFirst: false,
    isWildcard: isWildcard(host),
    config: at(sampleHost(host)),
  }));
  return [first, ...others];
}

/** Whether sites are configured, or hosts of rules stand for some. */
export const hasSites = ({ config }: Sites): boolean => config.firstSite !== undefined;

const MOST_NAMED = 20;

export function nameSites(hosts: readonly string[]): string {
  const more = hosts.length - MOST_NAMED;
  return more > 0 ? `${hosts.slice(0, MOST_NAMED).join(', ')} and ${more} more` : hosts.join(', ');
}
