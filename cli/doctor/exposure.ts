// Is there one way to the application, and does it lead through the gateway? What the files say about it.
// Promise 10; Workers: routes, custom domains, workers.dev, preview URLs, Workers Cache.

import { placeOfRoute } from '../../src/config/issues.ts';
import type { UpstreamTarget } from '../../src/config/schema.ts';
import type { Installation } from '../installation/installation.ts';
import { type KnownSite, listSites, nameSites } from '../installation/sites.ts';
import type { WranglerConfig } from '../installation/wrangler-config.ts';
import { reachOf } from './addresses.ts';
import { distinct, nameSite } from './at-sites.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { checkHostRoute, checkStrayRoutes } from './host-routes.ts';

/** The release was tested with this one. */
const COMPATIBILITY_DATE = '2026-07-30';

export function checkAddresses({ wrangler }: Installation): Finding[] {
  const switches = ['workers_dev', 'preview_urls'] as const;
  const open = switches.filter((name) => wrangler[name] !== false);
  if (open.length === 0) return [ok('addresses', 'workers_dev and preview_urls are off')];
  return open.map((name) =>
    failed(
      'addresses',
      `${name} is not off: the worker answers under a second, public address`,
      `${name} = false in wrangler.toml`,
    ),
  );
}

/** `isDeployment`: somebody is about to deploy this. */
export function checkRoutes({ wrangler, usable }: Installation, isDeployment: boolean): Finding[] {
  if (!usable.ok) return [];
  const { origin } = usable.config;
  if (reachOf(new URL(origin).hostname) === 'loopback') {
    const cure = 'ZITADEL_CALLBACK_URL with the public address, before it is deployed';
    const found = `the gateway’s address is ${origin}: for trying it here`;
    return [isDeployment ? failed('routes', found, cure) : warning('routes', found, cure)];
  }
  const { routes = [] } = wrangler;
  const sites = listSites(usable);
  const hosts = sites.map(({ host }) => host);
  const findings = sites.flatMap((site) => nameSite(usable, site, checkHostRoute(routes, site.host)));
  const strays = checkStrayRoutes(routes, hosts);
  if (findings.length > 0) return [...findings, ...strays];
  return [ok('routes', `${nameSites(hosts)} ${hosts.length === 1 ? 'leads' : 'lead'} to the gateway`), ...strays];
}

/** A deployed worker can't go to addresses of this network. */
export function checkReach({ usable, environment }: Installation): Finding[] {
  if (!usable.ok) return [];
  const { config } = usable;
  if (reachOf(new URL(config.origin).hostname) === 'loopback') return [];
  const sites = distinctUpstreams(listSites(usable));
  const findings = sites.flatMap((site) => nameSite(usable, site, checkTargets(site)));
  findings.push(...checkTarget('ZITADEL_DOMAIN', config.issuer, 'the address under which visitors reach ZITADEL'));
  return [...findings, ...checkGuards(sites, environment['UPSTREAM_SECRET'] !== undefined)];
}

/** Of those that share an upstream and have no rules with others, the first. */
const distinctUpstreams = (sites: readonly KnownSite[]): readonly KnownSite[] =>
  distinct(sites, ({ config }) => [config.upstream, config.routes.map(({ upstream }) => upstream)]);

function checkTargets({ config, isFirst }: KnownSite): Finding[] {
  const targets: [string, UpstreamTarget | undefined][] = [
    [isFirst ? 'UPSTREAM_URL' : 'upstream', config.upstream],
    ...config.routes.map(({ upstream }, index): [string, UpstreamTarget | undefined] => [
      `${isFirst ? 'ROUTES' : 'routes'}${placeOfRoute(index)}`,
      upstream,
    ]),
  ];
  return targets.flatMap(([name, upstream]) =>
    upstream && upstream.binding === undefined
      ? checkTarget(name, upstream.origin, 'a Tunnel, a VPC service, or a public name')
      : [],
  );
}

/** Whether applications can tell who came through the gateway. A deployed UPSTREAM_SECRET may be unknown here. */
function checkGuards(sites: readonly KnownSite[], isKnown: boolean): Finding[] {
  const check = 'upstream guard';
  const open = sites.filter(
    ({ config: { upstream, upstreamSecrets } }) =>
      upstream !== undefined && upstream.binding === undefined && upstreamSecrets.length === 0,
  );
  const others = open.filter(({ isFirst }) => !isFirst);
  const findings: Finding[] = [];
  if (!isKnown && open.some(({ isFirst }) => isFirst)) {
    const cure =
      'UPSTREAM_SECRET, and an application that refuses requests without X-Gateway-Secret; nothing to do if it is deployed as a secret, or if a Tunnel is the only way there (docs/deploy.md)';
    findings.push(warning(check, 'nothing here tells the application that a request came through the gateway', cure));
  }
  if (others.length > 0) {
    const found = `nothing tells the applications of ${nameSites(others.map(({ host }) => host))} that a request came through the gateway`;
    const cure =
      'upstream_secret = "NAME" at the site, and npx wrangler secret put NAME; nothing to do where a Tunnel is the only way there (docs/deploy.md)';
    findings.push(warning(check, found, cure));
  }
  return findings;
}

function checkTarget(name: string, origin: string, wanted: string): Finding[] {
  const reach = reachOf(new URL(origin).hostname);
  if (reach === 'public') return [];
  return [failed('reach', `${name}: ${origin} is ${reach}, where a deployed worker can’t go`, wanted)];
}

export function checkPlatform({ wrangler }: Installation, today: string): Finding[] {
  return [...checkDate(wrangler, today), ...checkSwitches(wrangler)];
}

function checkDate({ compatibility_date = 'missing' }: WranglerConfig, today: string): Finding[] {
  if (compatibility_date >= COMPATIBILITY_DATE && compatibility_date <= today)
    return [ok('runtime', `compatibility date ${compatibility_date}`)];
  const cure = `compatibility_date = "${COMPATIBILITY_DATE}", with which this release was tested`;
  return [warning('runtime', `the compatibility date is ${compatibility_date}`, cure)];
}

function checkSwitches({ cache, observability }: WranglerConfig): Finding[] {
  const findings: Finding[] = [];
  if (cache?.enabled === true) {
    const cure = 'remove [cache], or enabled = false: what it keeps is served without asking the gateway';
    findings.push(failed('runtime', 'Workers Cache is on in front of the worker', cure));
  }
  if (observability?.enabled !== true) {
    const cure = '[observability] enabled = true: the gateway’s events are nowhere else';
    findings.push(warning('log', 'Workers Logs are off', cure));
  }
  return findings;
}
