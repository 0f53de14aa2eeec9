// Sites on this machine: each on a name below localhost, with the gateway's port; and the demo's own. Pure.
// ARCHITECTURE §7 Sites; RFC 6761 §6.3 (localhost).

import { isWildcard } from '../../src/config/site-hosts.ts';
import { isLoopback } from '../../src/config/urls.ts';
import { isTable, parseJson, type Table } from '../../src/config/values.ts';
import type { VariablesFile } from '../../src/config/variables-file.ts';

/** What is found out, or asked for, of the sites. */
export interface SiteWishes {
  /** In place of upstreams that the files name. */
  readonly upstreams: ReadonlyMap<string, string>;
  /** Of --sites, where the files have none. */
  readonly demo: readonly Table[] | undefined;
}

export const NO_SITES: SiteWishes = { upstreams: new Map(), demo: undefined };

interface Machine {
  /** The first site's, as its URL has it. */
  readonly host: string;
  /** The start page's, if there is one. */
  readonly portal?: string | undefined;
  readonly hasStandIn: boolean;
  readonly wishes: SiteWishes;
}

/** `undefined`: there are none, or nothing that could be moved. What is wrong with them, the schema says. */
export function moveSites(
  written: unknown,
  { host: first, portal, hasStandIn, wishes }: Machine,
): readonly unknown[] | undefined {
  const sites = written === undefined || written === '' ? wishes.demo : parseJson(written, '');
  if (!Array.isArray(sites)) return undefined;
  const port = /:\d+$/.exec(first)?.[0] ?? '';
  const taken = new Set([hostnameOf(first), ...(portal === undefined ? [] : [hostnameOf(portal)])]);
  const moved = sites.map((site: unknown, i) => (isTable(site) ? moveHost(site.host, i, taken) : undefined));
  const hosts = new Map(
    sites.flatMap((site: unknown, i) => (isTable(site) && moved[i] ? [[String(site.host), moved[i] + port]] : [])),
  );
  return sites.map((site: unknown) => {
    if (!isTable(site)) return site;
    const { org_id, upstream_secret, ...rest } = site;
    const upstream = typeof site.upstream === 'string' ? wishes.upstreams.get(site.upstream) : undefined;
    return {
      ...rest,
      ...(hosts.has(String(site.host)) && { host: hosts.get(String(site.host)) }),
      // An organisation of another instance can't be had at the stand-in.
      ...(org_id !== undefined && !hasStandIn && { org_id }),
      ...(upstream !== undefined && { upstream }),
      ...(upstream_secret !== undefined && upstream === undefined && { upstream_secret }),
      ...(Array.isArray(site.routes) && { routes: site.routes.map((route: unknown) => moveRule(route, hosts)) }),
    };
  });
}

const hostnameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();

/** `wiki.example.com` is `wiki.localhost`, where no other site is. */
function moveHost(host: unknown, index: number, taken: Set<string>): string | undefined {
  if (typeof host !== 'string') return undefined;
  const bare = hostnameOf(host).replace(/^\*\./, '');
  const [label = ''] = bare.split('.');
  const names = isLoopback(bare)
    ? [bare]
    : /^[a-z][^:[\]]*$/u.test(bare)
      ? [`${label}.localhost`, `${bare}.localhost`]
      : [];
  const name = [...names, `site-${index + 1}.localhost`].find((each) => !taken.has(each)) ?? bare;
  taken.add(name);
  return isWildcard(host) ? `*.${name}` : name;
}

/** A rule for its site's own host is one for where that is now. */
function moveRule(route: unknown, hosts: ReadonlyMap<string, string | undefined>): unknown {
  if (!isTable(route) || !Array.isArray(route.hosts)) return route;
  return { ...route, hosts: route.hosts.map((host: unknown) => hosts.get(String(host)) ?? host) };
}

/** Under `postern dev`, tells the build of the module what takes the place of the sites in postern.toml. */
export const DEV_SITES = 'POSTERN_DEV_SITES';

export function replaceSites({ vars, env = {} }: VariablesFile, sites: unknown): VariablesFile {
  const without = ({ SITES: _, ...rest }: Table): Table => rest;
  return {
    vars: { ...vars, SITES: sites },
    env: Object.fromEntries(Object.entries(env).map(([name, table]) => [name, without(table)])),
  };
}

/** Two beside the guest book, each with an application, a look and rules of its own. */
export const demoSites = (upstreams: { readonly wiki: string; readonly shop: string }): readonly Table[] => [
  {
    host: 'wiki.localhost',
    upstream: upstreams.wiki,
    brand_name: 'Wiki',
    brand_color: '#5b3a8c',
    routes: [
      { path: '/', access: 'public' },
      { path: '/assets/*', access: 'public' },
      { path: '/admin/*', roles: ['admin'] },
    ],
  },
  {
    host: 'shop.localhost',
    upstream: upstreams.shop,
    brand_name: 'Shop',
    brand_color: '#a34a12',
    session_duration: 900,
    routes: [
      { path: '/assets/*', access: 'public' },
      { path: '/staff/*', roles: ['staff', 'admin'] },
      { path: '/admin/*', access: 'deny' },
    ],
  },
];
