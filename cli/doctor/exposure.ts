// Is there one way to the application, and does it lead through the gateway? What the files say about it.
// Promise 10; Workers: routes, custom domains, workers.dev, preview URLs, Workers Cache.

import { placeOfRoute } from '../../src/config/issues.ts';
import type { UpstreamTarget } from '../../src/config/schema.ts';
import type { Installation } from '../installation/installation.ts';
import type { RouteEntry, WranglerConfig } from '../installation/wrangler-config.ts';
import { reachOf } from './addresses.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

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
export function checkRoutes({ wrangler, config }: Installation, isDeployment: boolean): Finding[] {
  if (!config) return [];
  const { hostname, host } = new URL(config.origin);
  if (reachOf(hostname) === 'loopback') {
    const cure = 'ZITADEL_CALLBACK_URL with the public address, before it is deployed';
    const found = `the gateway’s address is ${config.origin}: for trying it here`;
    return [isDeployment ? failed('routes', found, cure) : warning('routes', found, cure)];
  }
  const hosts = new Set([host, ...config.routes.flatMap((route) => route.hosts ?? [])]);
  const findings = [...hosts].flatMap((each) => checkRoute(wrangler.routes ?? [], each));
  return findings.length > 0 ? findings : [ok('routes', `${[...hosts].join(', ')} leads to the gateway`)];
}

function checkRoute(routes: readonly RouteEntry[], host: string): Finding[] {
  const wanted = `[[routes]] pattern = "${host}", custom_domain = true`;
  const leading = routes.map(parseRoute).filter((route) => matchesHost(route.host, host));
  if (leading.length === 0)
    return [failed('routes', `no route leads ${host} to the gateway`, `${wanted} in wrangler.toml`)];
  if (leading.some(({ isDomain, path }) => isDomain || path === '/*')) return [];
  const found = `the route covers ${leading.map(({ path }) => host + path).join(', ')}: everything else goes past the gateway`;
  return [failed('routes', found, `pattern = "${host}/*", or ${wanted}`)];
}

function parseRoute(entry: RouteEntry) {
  const { pattern, custom_domain } = typeof entry === 'string' ? { pattern: entry, custom_domain: false } : entry;
  const [, host = '', path = ''] = /^(?:\w+:\/\/)?([^/]*)(.*)$/.exec(pattern) ?? [];
  return { host, path, isDomain: custom_domain === true };
}

function matchesHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

/** A deployed worker can't go to addresses of this network. */
export function checkReach({ config, environment }: Installation): Finding[] {
  if (!config || reachOf(new URL(config.origin).hostname) === 'loopback') return [];
  const targets: [string, UpstreamTarget | undefined][] = [
    ['UPSTREAM_URL', config.upstream],
    ...config.routes.map(({ upstream }, index): [string, UpstreamTarget | undefined] => [
      `ROUTES${placeOfRoute(index)}`,
      upstream,
    ]),
  ];
  const findings = targets.flatMap(([name, upstream]) =>
    upstream && upstream.binding === undefined
      ? checkTarget(name, upstream.origin, 'a Tunnel, a VPC service, or a public name')
      : [],
  );
  findings.push(...checkTarget('ZITADEL_DOMAIN', config.issuer, 'the address under which visitors reach ZITADEL'));
  if (config.upstream && config.upstream.binding === undefined && environment['UPSTREAM_SECRET'] === undefined) {
    const cure =
      'UPSTREAM_SECRET, and an application that refuses requests without X-Gateway-Secret; nothing to do if it is deployed as a secret, or if a Tunnel is the only way there (docs/deploy.md)';
    findings.push(
      warning('upstream guard', 'nothing here tells the application that a request came through the gateway', cure),
    );
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
