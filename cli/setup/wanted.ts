// What a set-up is to end with, derived from the operator's answers alone. Pure.
// ARCHITECTURE §1, §2; ZITADEL's management API (projects, applications).

import { isLoopback } from '../../src/config/urls.ts';
import { endpointPath, folderOf } from '../../src/endpoints/catalogue.ts';
import { UsageError } from '../support/failure.ts';
import type { Json } from '../zitadel-api/json.ts';
import type { Person } from '../zitadel-api/users.ts';

export interface Answers {
  /** Origin, without a slash at its end. */
  readonly domain: string;
  /** Public URL of the gateway, or the whole callback URL. */
  readonly url: string;
  /** Further ones of the same gateway, such as that of a local run: registered, and written nowhere. */
  readonly alsoUrls: readonly string[];
  readonly upstream: string;
  readonly project: string;
  readonly application: string;
  readonly roles: readonly RoleWanted[];
  readonly withApi: boolean;
  readonly serviceUser: { readonly name: string; readonly keyFile: string } | undefined;
  readonly people: readonly Person[];
  /** Of people made now; without one they are invited by mail. */
  readonly password: string | undefined;
  readonly grants: readonly GrantWanted[];
}

export interface RoleWanted {
  readonly key: string;
  readonly displayName: string;
}

export interface GrantWanted {
  readonly user: string;
  readonly roles: readonly string[];
}

export interface Addresses {
  readonly callback: string;
  readonly postLogout: string;
  /** Whether the deployment names it, instead of taking it from the callback's folder. */
  readonly isPostLogoutGiven: boolean;
  /** None where ZITADEL could not reach it. */
  readonly backChannel: string | undefined;
  readonly further: readonly { readonly callback: string; readonly postLogout: string }[];
}

/** What the deployment has already: an own folder for the endpoints, an own post-logout URI. */
export interface CurrentUrls {
  readonly callback: string | undefined;
  readonly postLogout: string | undefined;
}

export function deriveAddresses(
  { domain, url, alsoUrls }: Pick<Answers, 'domain' | 'url' | 'alsoUrls'>,
  current: CurrentUrls,
): Addresses {
  const callback = callbackOf(url, current.callback);
  const at = { endpoints: folderOf(callback) };
  const { postLogout } = current;
  // One of another origin would be refused by the gateway: it is brought along
  const isOwn = postLogout !== undefined && URL.parse(postLogout)?.origin === new URL(callback).origin;
  const isReachable = !isLocal(callback) || isLocal(domain);
  const afterLogout = isOwn ? postLogout : endpointPath(at, 'logoutCallback');
  return {
    callback,
    postLogout: afterLogout,
    isPostLogoutGiven: postLogout !== undefined,
    backChannel: isReachable ? endpointPath(at, 'backchannelLogout') : undefined,
    further: alsoUrls.map((each) => ({ callback: alike(each, callback), postLogout: alike(each, afterLogout) })),
  };
}

/** The same paths on another origin: a gateway has one folder for its endpoints. */
const alike = (origin: string, url: string): string => new URL(origin).origin + new URL(url).pathname;

/** Of a public URL without a path, the callback is where it has been, or in the usual folder. */
export function callbackOf(url: string, current: string | undefined): string {
  const { origin, pathname } = new URL(url);
  if (pathname !== '/') return origin + pathname;
  const isSameOrigin = current !== undefined && URL.parse(current)?.origin === origin;
  return isSameOrigin ? current : `${origin}/auth/callback`;
}

const isLocal = (url: string): boolean => isLoopback(new URL(url).hostname);

const GRANT_TYPES = ['OIDC_GRANT_TYPE_AUTHORIZATION_CODE', 'OIDC_GRANT_TYPE_REFRESH_TOKEN'];

export function createWebConfiguration({ callback, postLogout, backChannel, further }: Addresses): Json {
  const callbacks = [...new Set([callback, ...further.map((each) => each.callback)])];
  return {
    redirectUris: callbacks,
    postLogoutRedirectUris: [...new Set([postLogout, ...further.map((each) => each.postLogout)])],
    responseTypes: ['OIDC_RESPONSE_TYPE_CODE'],
    grantTypes: GRANT_TYPES,
    applicationType: 'OIDC_APP_TYPE_WEB',
    authMethodType: 'OIDC_AUTH_METHOD_TYPE_NONE',
    version: 'OIDC_VERSION_1_0',
    developmentMode: callbacks.some((each) => each.startsWith('http:')),
    accessTokenType: 'OIDC_TOKEN_TYPE_BEARER',
    accessTokenRoleAssertion: true,
    idTokenRoleAssertion: true,
    idTokenUserinfoAssertion: true,
    ...(backChannel !== undefined && { backChannelLogoutUri: backChannel }),
  };
}

/** Every granted role must be one of the project's, or ZITADEL refuses half-way. */
export function assertGrantable(grants: readonly GrantWanted[], known: readonly string[]): void {
  const missing = [...new Set(grants.flatMap(({ roles }) => roles))].filter((role) => !known.includes(role));
  if (missing.length === 0) return;
  throw new UsageError(`granted, but no role of the project: ${missing.join(', ')}`, [
    `--role ${missing[0]} makes it; the project has ${known.join(', ') || 'none'}`,
  ]);
}
