// Hosts of sites: which of them a request is for, which origins are the gateway's own, and rules for hosts that are not their site's.
// ARCHITECTURE §7 Sites; RFC 9110 §7.2 (Host).

import type { Config, Route, ServedSite } from './schema.ts';
import type { Variables } from './variables.ts';

export const isWildcard = (host: string): boolean => host.startsWith('*.');

/** The host of a site, as a request to a scheme has it. */
export const hostAt = (protocol: string, host: string): string =>
  host.replace(protocol === 'http:' ? /:80$/ : /:443$/, '');

/** `''`: the usual one. */
export const portOf = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? '';

const wildcardOver = (host: string): string => `*${host.slice(host.indexOf('.'))}`;

/** Whether a host that a rule names is a site's. Without a port it stands for all its ports. */
export function isOfSite(site: string, host: string): boolean {
  const own = [site, hostAt('https:', site), hostAt('http:', site), site.replace(/:\d+$/, '')];
  return [host, hostAt('https:', host), hostAt('http:', host)].some(
    (each) => own.includes(each) || (isWildcard(site) && own.includes(wildcardOver(each))),
  );
}

/** A rule is asked about requests to its own site alone. `isOpen`: its hosts are sites, at all their ports, unless they end in a dot. */
export function judgeHostsOfRules(
  routes: readonly Route[],
  site: string,
  warn: (sentence: string) => void,
  isOpen = false,
): void {
  const isServed = (host: string) => (isOpen ? !withoutPort(host).endsWith('.') : isOfSite(site, host));
  routes.forEach(({ hosts = [], path }, i) => {
    const strangers = hosts.filter((host) => !isServed(host));
    const what = strangers.length === hosts.length ? 'nothing serves it' : 'nothing serves it there';
    if (strangers.length > 0)
      warn(`ROUTES: route ${i + 1} (${path}) is for ${strangers.join(', ')}, and this site is ${site}: ${what}`);
  });
}

/** Whether an origin leads to the gateway itself. `hosts`: those of the sites beside the first. */
export function compileOwnOrigins(first: string, hosts: readonly string[]): (origin: string) => boolean {
  const { protocol } = new URL(first);
  const own = new Set([first, ...hosts.map((host) => `${protocol}//${hostAt(protocol, host)}`)].map(listener));
  return (origin) => {
    const host = origin.slice(origin.indexOf('//') + 2);
    return own.has(listener(origin)) || (origin.startsWith(protocol) && own.has(`${protocol}//${wildcardOver(host)}`));
  };
}

/** On a machine, the names of loopback and its usual addresses are one. */
const listener = (origin: string): string =>
  origin.replace(/\/\/(?!\*)(127\.0\.0\.1|\[::1\]|[^:/]+\.localhost)(?=:|$)/, '//localhost');

/**
 * The site of a request's host. One that stands there by itself goes before a wildcard, on all its ports: browsers send the cookies of a host to
 * each. A wildcard stands for one whole name.
 */
export function compileSites(sites: readonly ServedSite[], origin: string): (host: string) => ServedSite | undefined {
  const { protocol, hostname } = new URL(origin);
  const byHost = new Map(sites.map((site) => [hostAt(protocol, site.host), site]));
  const named = new Set([hostname, ...sites.map(({ host }) => withoutPort(host))]);
  const wildcardOf = (host: string) => {
    const dot = host.indexOf('.');
    return dot > 0 && !named.has(withoutPort(host)) ? byHost.get(`*${host.slice(dot)}`) : undefined;
  };
  const atAllPorts = new Map(
    sites.flatMap((site) => (site.isOfRules ? [[withoutPort(site.host), site] as const] : [])),
  );
  return (host) => byHost.get(host) ?? wildcardOf(host) ?? atAllPorts.get(withoutPort(host));
}

/** Whether an answer may be handed over to a host. Undefined where no wildcard stands for any. */
export function compileHandsOverTo(sites: readonly ServedSite[], origin: string): Config['handsOverTo'] {
  if (!sites.some(({ host }) => isWildcard(host))) return undefined;
  const { protocol } = new URL(origin);
  const siteOf = compileSites(sites, origin);
  return (host) => URL.parse(`${protocol}//${host}`)?.host === host && isWildcard(siteOf(host)?.host ?? '');
}

type Rules = Partial<Pick<Variables, 'SITES' | 'ROUTES'>>;

/** Hosts that rules name, where no sites are configured. */
const namedByRules = ({ SITES, ROUTES }: Rules): readonly string[] =>
  SITES === undefined ? [...new Set(ROUTES?.flatMap(({ hosts }) => hosts ?? []))] : [];

/**
 * Those of them that are sites beside the first: one for each name, since browsers send the cookies of a name to all its ports, and none
 * that ends in a dot: no site does.
 */
export function sitesOfRules(variables: Rules, origin: string): readonly string[] {
  const taken = new Set([new URL(origin).hostname]);
  const byPort = namedByRules(variables).toSorted((a, b) => portOf(a).length - portOf(b).length);
  return byPort.filter((host) => {
    const isNew = !taken.has(withoutPort(host)) && !withoutPort(host).endsWith('.');
    taken.add(withoutPort(host));
    return isNew;
  });
}

/** Those of them that a site is asked for, too: its own name, at other ports. */
export const otherHostsOf = (variables: Rules, origin: string): ReadonlySet<string> =>
  new Set(namedByRules(variables).filter((host) => withoutPort(host) === new URL(origin).hostname));

const withoutPort = (host: string): string => host.replace(/:\d+$/, '');
