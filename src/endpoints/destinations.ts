// Where a request is going, settled by its method, host and path before anything else is looked at: one of our endpoints, the
// application, or nowhere. The app and `explain` both ask here. ARCHITECTURE §2, §3.

import type { Config } from '../config/schema.ts';
import { ENDPOINTS, type EndpointName, isApplications, isInFolder, type OwnAddresses, pathOf } from './catalogue.ts';

export interface Located {
  readonly name: EndpointName;
  /** As events call it: its path below the folder, or below the root. */
  readonly label: string;
  readonly methods: readonly string[];
  /** The application's own page, but for ZITADEL's answer after a sign-out. */
  readonly isApplications: boolean;
}

export type Destination =
  | { readonly kind: 'endpoint' | 'wrong-method'; readonly located: Located }
  /** `trace`: never answered, never forwarded. `misdirected`: to a host that is none of ours. `not-found`: nothing there in our folder. */
  | { readonly kind: 'application' | 'not-found' | 'misdirected' | 'trace' };

type Here = OwnAddresses & Pick<Config, 'portal'>;

interface Addressed {
  readonly method: string;
  /** As in the URL: with a port where it is not the usual one. */
  readonly host: string;
  /** As in the URL: an endpoint has one spelling, every other is the application's or nothing. */
  readonly path: string;
}

export function compileDestinations(
  config: Here,
  servesHost: (host: string) => boolean,
): (request: Addressed) => Destination {
  const isPortal = config.portal !== undefined;
  const names = (Object.keys(ENDPOINTS) as EndpointName[]).filter(
    (name) => isPortal || !('atPortal' in ENDPOINTS[name]),
  );
  const byPath = new Map(names.map((name) => [pathOf(config, name), locate(config, name)]));

  return ({ method, host, path }) => {
    if (method === 'TRACE') return { kind: 'trace' };
    if (!servesHost(host)) return { kind: 'misdirected' };
    const located = byPath.get(path);
    if (!located) return { kind: isPortal || isInFolder(path, config.endpoints) ? 'not-found' : 'application' };
    const isTaken = located.methods.includes(method) || located.methods.includes('*');
    return { kind: isTaken ? 'endpoint' : 'wrong-method', located };
  };
}

function locate(config: Here, name: EndpointName): Located {
  const path = pathOf(config, name);
  return {
    name,
    label: path.slice(isInFolder(path, config.endpoints) ? config.endpoints.length + 1 : 1) || name,
    methods: ENDPOINTS[name].methods.split(' '),
    isApplications: isApplications(config, name),
  };
}
