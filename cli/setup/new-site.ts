// `setup --site`: the new site that the flags ask for, and what is already known of the first one.

import { parseUpstream as parseTarget } from '../../src/config/urls.ts';
import { Wanted } from '../../src/config/values.ts';
import { UsageError } from '../support/failure.ts';
import type { SetupFlags } from './flags.ts';
import type { Proposals } from './gather.ts';
import { parseUpstream } from './parse-answers.ts';
import type { NewSite } from './provision.ts';
import { parseSiteHost, type Site } from './sites.ts';

/** With --site, `--upstream` is the new site's, and the first one's answers are in its files. */
export function flagsOfFirst(flags: SetupFlags, { domain, url, upstream }: Proposals): SetupFlags {
  if (flags.site === undefined) return flags;
  const known = { domain: flags.domain ?? domain, url: flags.url ?? url, upstream };
  if (!isWhole(known))
    throw new UsageError('--site adds to a gateway that is set up, and wrangler.toml has none yet', [
      'run npx postern setup without --site first',
    ]);
  return { ...flags, ...known };
}

const isWhole = <Names extends string>(
  values: Readonly<Record<Names, string | undefined>>,
): values is Readonly<Record<Names, string>> => Object.values(values).every((value) => value !== undefined);

/** `undefined`: none, or one that is there already. */
export function newSiteOf(flags: SetupFlags, sites: readonly Site[]): NewSite | undefined {
  if (flags.site === undefined) return undefined;
  const upstream = flags.upstream === undefined ? undefined : parseUpstream(flags.upstream);
  const target = upstream === undefined ? undefined : parseTarget(upstream);
  if (target instanceof Wanted) throw new UsageError(`--upstream is ${target.wanted}`);
  const site: Site = { host: parseSiteHost(flags.site), ...(target !== undefined && { upstream: target }) };
  const hasOwnApplication = flags['own-application'] ?? false;
  return findSame(sites, site, hasOwnApplication) ? undefined : { site, upstream, hasOwnApplication };
}

/** What is there already under this host, if it is what is asked for. */
function findSame(sites: readonly Site[], wanted: Site, hasOwnApplication: boolean): Site | undefined {
  const known = sites.find(({ host }) => host === wanted.host);
  if (!known) return undefined;
  const { upstream, client_id } = known;
  const isOther = wanted.upstream !== undefined && JSON.stringify(wanted.upstream) !== JSON.stringify(upstream);
  if (isOther) throw new UsageError(`${wanted.host} is a site already, with another upstream: change it in its file`);
  if (hasOwnApplication && client_id === undefined)
    throw new UsageError(`${wanted.host} is a site already, and shares the first site’s application`, [
      'take it out of its file and run this again, or leave --own-application out',
    ]);
  return known;
}
