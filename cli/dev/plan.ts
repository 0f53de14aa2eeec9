// What must differ on this machine from the operator's own configuration, and why. Pure.
// ARCHITECTURE §1: the origin is that of ZITADEL_CALLBACK_URL. A setting of `--var` stands above all files; an empty one is unset.

import { judgeKeyMaterial } from '../../src/config/secrets.ts';
import { isLoopback } from '../../src/config/urls.ts';
import { isTable, Wanted } from '../../src/config/values.ts';
import { endpointPath, folderOf } from '../../src/endpoints/catalogue.ts';
import { moveSites, NO_SITES, type SiteWishes } from './sites.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What is asked for on the command line, or found out: the rest stays as it is in the files. */
export interface Wishes {
  readonly port: number;
  /** In place of the ZITADEL of the files. */
  readonly standIn: StandInIds | undefined;
  /** In place of the application of the files. */
  readonly upstream: { readonly url: string; readonly reason: string } | undefined;
  readonly sites?: SiteWishes;
  /** Whether SITES stands in postern.toml, where no setting stands above it. */
  readonly hasSitesInFile?: boolean;
}

/** Its origin, and the ids that it knows by itself. */
export interface StandInIds {
  readonly origin: string;
  readonly clientId: string;
  readonly projectId: string;
}

export interface Override {
  readonly name: string;
  /** Empty: unset. */
  readonly value: string;
  readonly reason: string;
}

export interface Plan {
  /** Where visitors go. */
  readonly origin: string;
  readonly callback: string;
  readonly postLogout: string;
  readonly overrides: readonly Override[];
  /** A SESSION_SECRET has to be made. */
  readonly needsSecret: boolean;
  /** In place of those in postern.toml. */
  readonly fileSites?: readonly unknown[];
}

/** Settings that belong to the operator's own instance: with another one, sign-ins would fail because of them. */
const OF_ONE_INSTANCE = [
  'ZITADEL_ORG_ID',
  'ZITADEL_CLIENT_SECRET',
  'ZITADEL_CLIENT_KEY',
  'ZITADEL_API_KEY',
  'ZITADEL_API_CLIENT_ID',
  'ZITADEL_API_CLIENT_SECRET',
  'ZITADEL_INTROSPECTION_URL',
];
const START_PAGE = 'the demo’s start page';
const HERE = 'the gateway is on this machine';
const IS_ID = /^[\w.@-]+$/;

export function planOverrides(values: Values, wishes: Wishes): Plan {
  const callback = localCallback(textOf(values, 'ZITADEL_CALLBACK_URL'), wishes.port);
  const { origin } = new URL(callback);
  const moved = moveUrls(values, callback);
  const { upstream } = wishes;
  const portal = textOf(moved, 'PORTAL_HOST') ?? (wishes.sites?.demo && movePortal('', new URL(origin).port));
  const sites = moveSites(values['SITES'], {
    host: new URL(origin).host,
    portal,
    hasStandIn: wishes.standIn !== undefined,
    wishes: wishes.sites ?? NO_SITES,
  });
  const postLogout = textOf(moved, 'ZITADEL_POST_LOGOUT_URL') ?? defaultPostLogout(callback);
  const wanted: readonly Override[] = [
    ...Object.entries(moved).map(([name, value]) => ({ name, value, reason: HERE })),
    ...(upstream ? [{ name: 'UPSTREAM_URL', value: upstream.url, reason: upstream.reason }] : []),
    ...(wishes.standIn ? overridesForStandIn(values, wishes.standIn) : []),
    ...(portal !== undefined && !('PORTAL_HOST' in moved)
      ? [{ name: 'PORTAL_HOST', value: portal, reason: START_PAGE }]
      : []),
    ...(sites && !wishes.hasSitesInFile ? [{ name: 'SITES', value: JSON.stringify(sites), reason: HERE }] : []),
  ];
  return {
    origin,
    callback,
    postLogout,
    overrides: wanted.filter(({ name, value }) => (textOf(values, name) ?? '') !== value),
    needsSecret: !isGoodSecret(values['SESSION_SECRET']),
    ...(sites && wishes.hasSitesInFile && { fileSites: sites }),
  };
}

/** The configured callback is kept if it is on loopback with this port; otherwise its path is put on `localhost`. */
function localCallback(configured: string | undefined, port: number): string {
  const url = configured === undefined ? null : URL.parse(configured);
  const isOwn = url?.protocol === 'http:' && isLoopback(url.hostname) && portOf(url) === port;
  if (url && isOwn) return url.href;
  return `http://localhost:${port}${url && url.pathname !== '/' ? url.pathname : '/auth/callback'}`;
}

const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80));

const defaultPostLogout = (callback: string): string =>
  endpointPath({ endpoints: folderOf(callback) }, 'logoutCallback');

/** All that lies on the public origin comes along. */
function moveUrls(values: Values, callback: string): Readonly<Record<string, string>> {
  const { origin } = new URL(callback);
  const before = URL.parse(textOf(values, 'ZITADEL_CALLBACK_URL') ?? '')?.origin;
  const moved: Record<string, string> = { ZITADEL_CALLBACK_URL: callback };
  // The last two may be paths, and a logo has to be one where it is not on HTTPS.
  for (const name of ['ZITADEL_POST_LOGOUT_URL', 'ZITADEL_POST_LOGIN_URL', 'BRAND_LOGO_URL']) {
    const url = URL.parse(textOf(values, name) ?? '');
    const newOrigin = name === 'ZITADEL_POST_LOGOUT_URL' ? origin : '';
    if (url && url.origin === before) moved[name] = newOrigin + url.pathname + url.search;
  }
  const portal = textOf(values, 'PORTAL_HOST');
  return portal === undefined ? moved : { ...moved, PORTAL_HOST: movePortal(portal, new URL(origin).port) };
}

/** The start page has a host of its own on this machine, too. */
function movePortal(host: string, port: string): string {
  const name = host.replace(/:\d*$/, '');
  return `${isLoopback(name) ? name : 'home.localhost'}${port === '' ? '' : `:${port}`}`;
}

function overridesForStandIn(values: Values, { origin, clientId, projectId }: StandInIds): readonly Override[] {
  const ids = { ZITADEL_CLIENT_ID: clientId, ZITADEL_PROJECT_ID: projectId };
  return [
    { name: 'ZITADEL_DOMAIN', value: origin, reason: 'the stand-in' },
    ...Object.entries(ids)
      .filter(([name]) => isPlaceholder(name, textOf(values, name)))
      .map(([name, value]) => ({ name, value, reason: 'the stand-in’s, since the files name none' })),
    ...OF_ONE_INSTANCE.map((name) => ({ name, value: '', reason: 'belongs to your own ZITADEL' })),
  ];
}

/** A project need not be named. */
const isPlaceholder = (name: string, id: string | undefined): boolean =>
  id === undefined ? name !== 'ZITADEL_PROJECT_ID' : !IS_ID.test(id);

function isGoodSecret(value: unknown): boolean {
  const keys = String(value ?? '').split(/\s*,\s*/);
  return keys.every((key) => !(judgeKeyMaterial(key) instanceof Wanted));
}

/** `undefined`: not set. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === undefined || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Each in a sentence. Of a secret only that it is made. */
export function describePlan({
  overrides,
  needsSecret,
  fileSites,
}: Plan): readonly (readonly [name: string, what: string])[] {
  return [
    ...overrides.map(({ name, value, reason }) => [name, `${describeOverride(name, value)}: ${reason}`] as const),
    ...(fileSites ? [['SITES', `${hostsOf(fileSites)}: ${HERE}`] as const] : []),
    ...(needsSecret ? [['SESSION_SECRET', 'a new one until Ctrl-C: there is no good one in .dev.vars'] as const] : []),
  ];
}

function describeOverride(name: string, value: string): string {
  if (name === 'SITES') return hostsOf(JSON.parse(value) as readonly unknown[]);
  return value === '' ? 'unset' : value;
}

const hostsOf = (sites: readonly unknown[]): string =>
  sites.map((site) => (isTable(site) ? String(site.host) : 'one that is none')).join(', ');
