// The gateway's own endpoints as data: where each is and which methods it takes. Read by the app, by whatever writes or judges an
// address of our own, and by `explain`. ARCHITECTURE §2; RFC 9728 §3 (well-known).

import type { Config } from '../config/schema.ts';

interface Common {
  /** Separated by blanks; `*` stands for all. Where a GET ends something, HEAD must not. */
  readonly methods: string;
  /** It begins or ends a session, so that nobody is sent there after either. */
  readonly leadsRound?: true;
}
/** Below the gateway's folder. */
type InFolder = Common & { readonly path: `/${string}` };
/** Where the operator has registered it at ZITADEL. */
type Registered = Common & { readonly registered: 'redirect_uri' | 'post_logout_redirect_uri' };
type WellKnown = Common & { readonly wellKnown: `/.well-known/${string}` };
/** At PORTAL_HOST alone. */
type AtPortal = Common & { readonly atPortal: '/' };

export const ENDPOINTS = {
  login: { path: '/login', methods: 'GET HEAD POST', leadsRound: true },
  onward: { path: '/onward', methods: 'GET HEAD', leadsRound: true },
  onwardScript: { path: '/onward.js', methods: 'GET HEAD' },
  callback: { registered: 'redirect_uri', methods: 'GET', leadsRound: true },
  stepUp: { path: '/step-up', methods: 'GET HEAD', leadsRound: true },
  logout: { path: '/logout', methods: 'GET POST', leadsRound: true },
  logoutCallback: { path: '/logout/callback', methods: 'GET', leadsRound: true },
  postLogout: { registered: 'post_logout_redirect_uri', methods: 'GET', leadsRound: true },
  backchannelLogout: { path: '/backchannel-logout', methods: 'POST', leadsRound: true },
  done: { path: '/done', methods: 'GET HEAD' },
  doneScript: { path: '/done.js', methods: 'GET HEAD' },
  resubmit: { path: '/resubmit', methods: 'GET' },
  resubmitScript: { path: '/resubmit.js', methods: 'GET HEAD' },
  userinfo: { path: '/userinfo', methods: 'GET HEAD' },
  profile: { path: '/profile', methods: 'GET HEAD POST' },
  client: { path: '/client.js', methods: 'GET HEAD' },
  // Some proxies ask with the visitor's own method.
  check: { path: '/check', methods: '*' },
  jwks: { path: '/jwks', methods: 'GET HEAD' },
  resourceMetadata: { wellKnown: '/.well-known/oauth-protected-resource', methods: 'GET HEAD' },
  operatorSessions: { path: '/operator/sessions', methods: 'GET HEAD DELETE' },
  metrics: { path: '/metrics', methods: 'GET HEAD' },
  health: { path: '/health', methods: 'GET HEAD' },
  ready: { path: '/ready', methods: 'GET HEAD' },
  portal: { atPortal: '/', methods: 'GET HEAD' },
} as const satisfies Readonly<Record<string, InFolder | Registered | WellKnown | AtPortal>>;

export type EndpointName = keyof typeof ENDPOINTS;
export type FolderEndpoint = {
  [Name in EndpointName]: (typeof ENDPOINTS)[Name] extends InFolder ? Name : never;
}[EndpointName];
/** What says where the endpoints are. */
export type OwnAddresses = Pick<Config, 'origin' | 'endpoints' | 'redirect_uri' | 'post_logout_redirect_uri'>;

/** The folder of the endpoints is that of the callback's path, or URL. */
export const folderOf = (callback: string): string => callback.slice(0, callback.lastIndexOf('/'));

/** `endpoints` is the folder, or its URL. Members of the query that are undefined are left out. */
export function endpointPath(
  { endpoints }: Pick<Config, 'endpoints'>,
  name: FolderEndpoint,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const written = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  return endpoints + ENDPOINTS[name].path + (written.length > 0 ? `?${written.join('&')}` : '');
}

export function endpointUrl(
  config: Pick<Config, 'origin' | 'endpoints'>,
  name: FolderEndpoint,
  query?: Readonly<Record<string, string | undefined>>,
): string {
  return config.origin + endpointPath(config, name, query);
}

/** For a script that names endpoints itself: what comes before their names. */
export const folderUrl = ({ origin, endpoints }: Pick<Config, 'origin' | 'endpoints'>): string =>
  `${origin}${endpoints}/`;

/** The path of any of them, wherever it is. */
export function pathOf(config: OwnAddresses, name: EndpointName): string {
  const entry: InFolder | Registered | WellKnown | AtPortal = ENDPOINTS[name];
  if ('path' in entry) return config.endpoints + entry.path;
  if ('atPortal' in entry) return entry.atPortal;
  return 'wellKnown' in entry ? entry.wellKnown : new URL(config[entry.registered]).pathname;
}

export function isInFolder(path: string, endpoints: string): boolean {
  return endpoints !== '' && (path === endpoints || path.startsWith(`${endpoints}/`));
}

/** Whether it is the post-logout address, in the application's part of the site: then only ZITADEL's answer there is for us. */
export function isApplications(config: OwnAddresses, name: EndpointName): boolean {
  const path = pathOf(config, name);
  return name === 'postLogout' && !isInFolder(path, config.endpoints) && path !== pathOf(config, 'logoutCallback');
}

/** Whether an endpoint is there that can't be moved, so that no address may be registered there. `/operator` is kept free. */
export function isTaken(path: string, endpoints: string): boolean {
  if (path === endpoints + ENDPOINTS.logoutCallback.path) return false;
  const isThere = (entry: object) => 'path' in entry && path === endpoints + entry.path;
  return (
    [...Object.values(ENDPOINTS), { path: '/operator' }].some(isThere) || path === ENDPOINTS.resourceMetadata.wellKnown
  );
}
