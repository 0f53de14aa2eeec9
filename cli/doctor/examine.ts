// All checks, in the order in which one depends on another; what does not depend goes side by side.
// A good installation in under ten seconds.

import type { Config } from '../../src/config/schema.ts';
import type { Installation } from '../installation/installation.ts';
import type { Fetch } from './ask.ts';
import { checkClaims } from './claims.ts';
import { checkClient, checkIntrospection } from './client.ts';
import { checkBindings, checkConfiguration, checkSecrets } from './configuration.ts';
import { checkAddresses, checkPlatform, checkReach, checkRoutes } from './exposure.ts';
import { type Finding, skipped } from './finding.ts';
import { checkHeaderBudget } from './header-budget.ts';
import { checkLimits } from './limits.ts';
import { checkGateway, checkUpstream, type Lookup } from './outside.ts';
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
  const { config } = installation;
  return [
    ...checkConfiguration(installation),
    ...checkVariablesModule(installation),
    ...checkSecrets(installation),
    ...checkLimits(installation),
    ...checkBindings(installation),
    ...checkAddresses(installation),
    ...checkRoutes(installation, isDeployment),
    ...checkReach(installation),
    ...(config ? checkHeaderBudget(config) : []),
    ...checkPlatform(installation, new Date(now * 1000).toISOString().slice(0, 10)),
  ];
}

/** What ZITADEL, the gateway and the application answer. */
export async function examineOutside(
  installation: Installation,
  surroundings: Surroundings,
  wishes: Wishes,
): Promise<Finding[]> {
  const { config } = installation;
  if (!config) return [skipped('ZITADEL', 'not asked before the configuration is sound')];
  const [provider, outside] = await Promise.all([
    examineProvider(config, surroundings, wishes),
    examineGateway(config, surroundings, wishes),
  ]);
  return [...provider, ...outside];
}

async function examineProvider(config: Config, { fetch, now }: Surroundings, { token }: Wishes): Promise<Finding[]> {
  const { findings, metadata } = await checkDiscovery(config, fetch, now);
  if (!metadata) return [...findings, skipped('registration', 'not asked before ZITADEL answers')];
  const further = await Promise.all([
    checkKeys(metadata, fetch),
    checkRedirectUri(config, metadata, fetch),
    checkPostLogoutUri(config, metadata, fetch),
    checkClient(config, metadata, fetch),
    checkIntrospection(config, metadata, fetch),
    checkClaims(config, metadata, fetch, token),
  ]);
  return [...findings, ...further.flat()];
}

async function examineGateway(
  config: Config,
  { fetch, lookup }: Surroundings,
  { upstreamPublic = [] }: Wishes,
): Promise<Finding[]> {
  const gateway = await checkGateway(config, fetch, lookup);
  const isSeen = gateway.some(({ check, status }) => check === 'gateway' && status === 'ok');
  return [...gateway, ...(await checkUpstream(config, fetch, upstreamPublic, isSeen))];
}
