// All checks, in the order in which one depends on another; what does not depend goes side by side.
// A good installation in under ten seconds.

import type { Installation } from '../installation/installation.ts';
import { listSites, type Sites } from '../installation/sites.ts';
import { checkPast, checkUpstream, rulesInFolder } from './applications.ts';
import type { Fetch } from './ask.ts';
import { atEachSite, distinct, nameSite } from './at-sites.ts';
import { checkClaims } from './claims.ts';
import { checkClient, checkIntrospection } from './client.ts';
import { checkBindings, checkConfiguration, checkSecrets } from './configuration.ts';
import { checkAddresses, checkPlatform, checkReach, checkRoutes } from './exposure.ts';
import { type Finding, skipped } from './finding.ts';
import { checkHeaderBudget } from './header-budget.ts';
import { checkLimits } from './limits.ts';
import { checkGateway, checkSiteHost, type Lookup } from './outside.ts';
import { checkDiscovery, checkKeys } from './provider.ts';
import { checkPostLogoutUri, checkRedirectUri } from './registration.ts';
import { checkVariablesModule } from './variables-module.ts';

export interface Surroundings {
  readonly fetch: Fetch;
  readonly lookup: Lookup;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export interface Wishes {
  readonly token?: string | undefined;
  /** Where the application would be found past the gateway. */
  readonly upstreamPublic?: readonly string[] | undefined;
}

/** What the files alone show. */
export function examineFiles(installation: Installation, now: number, isDeployment: boolean): Finding[] {
  const { usable } = installation;
  return [
    ...checkConfiguration(installation),
    ...checkVariablesModule(installation),
    ...checkSecrets(installation),
    ...checkLimits(installation),
    ...checkBindings(installation),
    ...checkAddresses(installation),
    ...checkRoutes(installation, isDeployment),
    ...checkReach(installation),
    ...(usable.ok ? examineHeaders(usable) : []),
    ...checkPlatform(installation, new Date(now * 1000).toISOString().slice(0, 10)),
  ];
}

const examineHeaders = (served: Sites): Finding[] =>
  listSites(served)
    .filter(({ config }) => config.upstream !== undefined)
    .flatMap((site) => nameSite(served, site, checkHeaderBudget(site.config)));

/** What ZITADEL, the gateway and the application answer. */
export async function examineOutside(
  { usable }: Installation,
  surroundings: Surroundings,
  wishes: Wishes,
): Promise<Finding[]> {
  if (!usable.ok) return [skipped('ZITADEL', 'not asked before the configuration is sound')];
  const [provider, outside] = await Promise.all([
    examineProvider(usable, surroundings, wishes),
    examineGateway(usable, surroundings, wishes),
  ]);
  return [...provider, ...outside];
}

/** Each thing is asked once, however many sites share it. */
async function examineProvider(served: Sites, { fetch, now }: Surroundings, { token }: Wishes): Promise<Finding[]> {
  const { config } = served;
  const { findings, metadata } = await checkDiscovery(config, fetch, now);
  if (!metadata) return [...findings, skipped('registration', 'not asked before ZITADEL answers')];
  const all = listSites(served);
  const ask = (sameness: Parameters<typeof distinct>[1], check: Parameters<typeof atEachSite>[2]) =>
    atEachSite(served, distinct(all, sameness), check);
  const further = await Promise.all([
    checkKeys(metadata, fetch),
    ask(
      ({ config: { client_id, redirect_uri, scope } }) => [client_id, redirect_uri, scope],
      (site) => checkRedirectUri(site.config, metadata, fetch),
    ),
    ask(
      ({ config: { client_id, post_logout_redirect_uri } }) => [client_id, post_logout_redirect_uri],
      (site) => checkPostLogoutUri(site.config, metadata, fetch),
    ),
    ask(
      ({ config: { client_id } }) => client_id,
      (site) => checkClient(site.config, metadata, fetch),
    ),
    checkIntrospection(config, metadata, fetch),
    token === undefined
      ? checkClaims(config, metadata, fetch, token)
      : ask(
          ({ config: { projectId, roleMap, identityHeaders, organizationId } }) => [
            ...[projectId, roleMap, identityHeaders, organizationId],
          ],
          (site) => checkClaims(site.config, metadata, fetch, token),
        ),
  ]);
  return [...findings, ...further.flat()];
}

async function examineGateway(
  served: Sites,
  { fetch, lookup }: Surroundings,
  { upstreamPublic = [] }: Wishes,
): Promise<Finding[]> {
  const all = listSites(served);
  const own = distinct(all, ({ config: { client_id } }) => client_id).filter(({ isWildcard }) => !isWildcard);
  const gateway = await atEachSite(served, all, (site) =>
    site.isFirst
      ? checkGateway(site.config, fetch, lookup)
      : checkSiteHost(site.config, fetch, own.includes(site) ? lookup : undefined),
  );
  const isSeen = ({ host }: { host: string }) =>
    gateway.some(({ check, status, site = host }) => check === 'gateway' && status === 'ok' && site === host);
  const upstreams = distinct(all, ({ config }) => [config.upstream, rulesInFolder(config)]);
  const applications = await atEachSite(served, upstreams, (site) =>
    checkUpstream(site.config, fetch, upstreamPublic, site.isFirst ? isSeen(site) : undefined),
  );
  const past = await checkPast(served, fetch, upstreamPublic);
  return [...gateway, ...applications, ...past];
}
