// Which site answers a request, by its host alone, and which site a user's session is of. Each is wired when it is first needed.
// ARCHITECTURE §7 Sites, §3 (421).

import type { Hono } from 'hono';
import type { AppEnv } from './answer/answers.ts';
import { createApp } from './app.ts';
import { compileSites } from './config/resolve-sites.ts';
import type { Config, ServedSite } from './config/schema.ts';
import {
  type Bindings,
  createGateway,
  createProvider,
  type Gateway,
  type Issuer,
  type Runtime,
  type Shared,
} from './gateway.ts';
import { BoundedMap } from './shared/isolate/bounded-map.ts';
import type { SiteParts } from './user-object/create.ts';

/** Sites of which an isolate keeps the app. A wildcard stands for any number of them. */
const KEPT = 500;

interface Sites {
  /** Of the first site. */
  readonly config: Config;
  readonly sites: readonly ServedSite[];
}

export interface SiteApps {
  readonly first: Gateway;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

export function createSiteApps(
  { config, sites }: Sites,
  bindings: Bindings,
  runtime: Runtime,
  shared: Shared,
): SiteApps {
  const first = createGateway(config, bindings, runtime, shared);
  const firstApp = createApp(first);
  const firstHost = new URL(config.origin).host;
  const siteOf = compileSites(sites, config.origin);
  const apps = new BoundedMap<string, Hono<AppEnv>>(KEPT);

  /** A host that is no site's is the first site's to refuse. */
  function appOf(host: string): Hono<AppEnv> {
    const known = apps.get(host);
    if (known) return known;
    const site = host === firstHost ? undefined : siteOf(host);
    if (!site) return firstApp;
    const app = createApp(createGateway(site.at(host), bindings, runtime, shared));
    apps.set(host, app);
    return app;
  }

  const fetch = sites.length === 0 ? firstApp.fetch : (request: Request) => appOf(hostOf(request.url)).fetch(request);
  return { first, fetch };
}

/** Of a URL as requests have it. */
const hostOf = (url: string): string => url.slice(url.indexOf('//') + 2, url.indexOf('/', url.indexOf('//') + 2));

/** What users' objects need of a site: its application at ZITADEL, whose sessions it takes, and for how long. By its host; undefined: of the first. A site that is no longer configured has those of the first. */
export function compileSiteParts(
  { config, sites }: Sites,
  runtime: Runtime,
  issuer: Issuer,
): (site: string | undefined) => SiteParts {
  const siteOf = compileSites(sites, config.origin);
  return (host) => {
    const own = host === undefined ? config : (siteOf(host)?.at(host) ?? config);
    return { config: own, ...createProvider(own, runtime, issuer) };
  };
}
