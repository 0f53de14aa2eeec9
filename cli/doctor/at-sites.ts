// Findings by site: which site each is of, and several things asked at once, but not all.

import { type KnownSite, listSites, type Sites } from '../installation/sites.ts';
import type { Finding } from './finding.ts';

/** At a time: hundreds of sites are no reason to knock at one ZITADEL hundreds of times at once. */
const AT_ONCE = 8;

export async function mapBounded<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  async function take(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as Item);
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, take));
  return results;
}

/** One after the other in what is said, side by side in what is asked. */
export async function atEachSite(
  served: Sites,
  sites: readonly KnownSite[],
  check: (site: KnownSite) => Finding[] | Promise<Finding[]>,
): Promise<Finding[]> {
  const found = await mapBounded(sites, async (site) => nameSite(served, site, await check(site)));
  return found.flat();
}

/** Where there is one site, nobody has to be told which. */
export function nameSite(served: Sites, { host }: KnownSite, findings: readonly Finding[]): Finding[] {
  if (listSites(served).length === 1) return [...findings];
  return findings.map((finding) => {
    const isNamed = finding.found.includes(host);
    return { ...finding, site: host, found: isNamed ? finding.found : `${host}: ${finding.found}` };
  });
}

/** The first of those that are asked about the same. */
export function distinct(sites: readonly KnownSite[], sameness: (site: KnownSite) => unknown): readonly KnownSite[] {
  const seen = new Map<string, KnownSite>();
  for (const site of sites) {
    const key = JSON.stringify(sameness(site)) ?? '';
    if (!seen.has(key)) seen.set(key, site);
  }
  return [...seen.values()];
}
