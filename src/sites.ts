// Which site answers a request, by its host alone, and which site a user's session is of. Each is wired when it is first needed.
// ARCHITECTURE §7 Sites, §3 (421).

import type { Hono } from 'hono';
import type { AppEnv } from './answer/answers.ts';
import { createApp } from './app.ts';
import type { ServedSite } from './config/schema.ts';
import { compileSites } from './config/site-hosts.ts';
import type { SitesInForce, SitesSource } from './config/stored-sites.ts';
import { endpointPath } from './endpoints/catalogue.ts';
import {
  type Bindings,
  createGateway,
  createProvider,
  type Gateway,
  type Issuer,
  type Runtime,
  type Shared,
} from './gateway.ts';
import { parseAskedRequest } from './policy/asked-request.ts';
import { BoundedMap } from './shared/isolate/bounded-map.ts';
import type { SiteParts } from './user-object/create.ts';

/** Sites of which an isolate keeps the app. A wildcard stands for any number of them. */
const KEPT = 500;

interface SiteApps {
  readonly first: Gateway;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/** Serves the sites of the list that is in force when a request comes. What is under way when it changes ends as it began. */
export function createSiteApps(
  source: SitesSource,
  bindings: Bindings,
  runtime: Runtime,
  shared: Shared,
): SiteApps['fetch'] {
  const appsOf = createFollower(source, (sites) => serveSites(sites, bindings, runtime, shared));
  const answer = (request: Request) => appsOf().fetch(request);
  return (request) => source.firstRead()?.then(() => answer(request)) ?? answer(request);
}

/** What is made of the list in force, made anew whenever that is another. */
function createFollower<Made>(source: SitesSource, make: (sites: SitesInForce) => Made): () => Made {
  let last: { readonly sites: SitesInForce; readonly made: Made } | undefined;
  return () => {
    const sites = source.inForce();
    if (last?.sites !== sites) last = { sites, made: make(sites) };
    return last.made;
  };
}

export function serveSites(
  { config, sites }: SitesInForce,
  bindings: Bindings,
  runtime: Runtime,
  shared: Shared,
): SiteApps {
  const first = createGateway(config, bindings, runtime, shared);
  const firstApp = createApp(first);
  const { host: firstHost, protocol } = new URL(config.origin);
  const checkPath = endpointPath(config, 'check');
  const siteOf = compileSites(sites, config.origin);
  const apps = new BoundedMap<string, Hono<AppEnv>>(KEPT);

  function createAppAt(site: ServedSite, host: string): Hono<AppEnv> {
    const app = createApp(createGateway(site.at(host), bindings, runtime, shared));
    apps.set(host, app);
    return app;
  }

  /** A host that is no site's is the first site's to refuse. */
  function appOf(host: string): Hono<AppEnv> {
    const known = apps.get(host);
    if (known) return known;
    const site = host === firstHost ? undefined : siteOf(host);
    if (!site) return firstApp;
    return site.isOfRules && site.host !== host ? appOf(site.host) : createAppAt(site, host);
  }

  /** A proxy may ask about all sites at one address: the question is for the site that it is about, and that site's secret. */
  function hostToAnswer({ url, headers }: Request): string {
    const host = hostOf(url);
    if (!url.includes(checkPath) || new URL(url).pathname !== checkPath) return host;
    const asked = parseAskedRequest(headers, { host, protocol });
    const about = asked === undefined ? host : hostOf(asked.url);
    return first.servesHost(about) || siteOf(about) ? about : host;
  }

  const fetch = sites.length === 0 ? firstApp.fetch : (request: Request) => appOf(hostToAnswer(request)).fetch(request);
  return { first, fetch };
}

/** Of a URL as requests have it. */
const hostOf = (url: string): string => url.slice(url.indexOf('//') + 2, url.indexOf('/', url.indexOf('//') + 2));

/**
 * What users' objects need of a site: its application at ZITADEL, whose sessions it takes, and for how long. By its host; undefined: of the
 * first. A site that is no longer configured has those of the first; while the list of sites is not known, nothing is asked for it.
 */
export function compileSiteParts(
  source: SitesSource,
  runtime: Runtime,
  issuer: Issuer,
): (site: string | undefined) => SiteParts {
  const partsOf = createFollower(source, ({ config, sites }) => {
    const siteOf = compileSites(sites, config.origin);
    const known = new BoundedMap<string | undefined, SiteParts>(KEPT);
    return (host: string | undefined): SiteParts => {
      const found = known.get(host);
      if (found) return found;
      const site = host === undefined ? undefined : siteOf(host);
      const own = host === undefined ? config : (site?.at(host) ?? config);
      const isUnknown = host !== undefined && !site && config.unknownSites !== undefined;
      const parts = { config: own, isUnknown, ...createProvider(own, runtime, issuer) };
      known.set(host, parts);
      return parts;
    };
  });
  return (host) => partsOf()(host);
}
