// The configuration as the rest of the gateway knows it. The types of values are those that variables.ts and routes.ts parse them to.
// ARCHITECTURE §1.

import type { KeyFile } from '../oidc/zitadel/key-file.ts';
import type { OwnAddress } from '../shared/own-address.ts';
import type { Help } from './help.ts';
import type { Variables } from './variables.ts';

type Given<Name extends keyof Variables> = NonNullable<Variables[Name]>;

/** Where requests go: an origin with a base path, or a service binding. */
export type UpstreamTarget = Given<'UPSTREAM_URL'>;

/** An access rule, with its defaults filled in. */
export type Route = Given<'ROUTES'>[number];

/** What a rule says of the way to its upstream. */
export interface UpstreamTerms
  extends Pick<Route, 'upstream' | 'upstream_host' | 'upstream_secret' | 'timeout' | 'no_store'> {
  /** What to remove from the front of the path: written decoded, `*` matching within a segment. */
  readonly strip_prefix?: string;
}

export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic'; readonly client_secret: string }
  | { readonly method: 'private_key_jwt'; readonly keyFile: KeyFile };

/** A site beside the first. */
export interface ServedSite {
  /** As in the configuration; `*.` stands for one more name. */
  readonly host: string;
  /** Only rules name it: without a port they mean all its ports. */
  readonly isOfRules?: boolean;
  /** The configuration of the site at this host: of the one it has, or of one that its wildcard stands for. */
  readonly at: (host: string) => Config;
}

export interface Portal {
  /** Every site that has one host, the first before the others. They are assembled when the page is first asked for. */
  readonly sites: () => readonly Config[];
  /** Claims that rules of theirs ask for at `/`, which the session keeps. */
  readonly claims: readonly string[];
}

export interface Config {
  /** The site's host, to which its cookies are bound; missing for the first site, whose cookies are older than sites. */
  readonly site?: string;
  /** The site as it is configured, for counting: a wildcard stands for all its hosts. Missing where there is one site. */
  readonly siteName?: string;
  /** Of the first site: which list of sites from KV is served. */
  readonly sitesVersion?: string;
  /** Of the first site: no list could be had from KV, so that a host which nobody serves may be on it; and the fault that this is. */
  readonly unknownSites?: 'store_unavailable' | 'misconfigured';
  /** The issuer, without a slash at its end. */
  readonly issuer: Given<'ZITADEL_DOMAIN'>;
  /** Missing at the start page, which has no application. */
  readonly upstream?: UpstreamTarget;
  /** Of the start page: what it is about. Missing at every site. */
  readonly portal?: Portal;
  /** By which name upstreams are called: `upstream`, `public`, or a host. Missing: `upstream`. */
  readonly upstreamHost?: Given<'UPSTREAM_HOST'>;
  /** Whether `Forwarded` goes up beside `X-Forwarded-*`. */
  readonly forwarded?: Given<'FORWARDED'>;
  readonly client_id: Given<'ZITADEL_CLIENT_ID'>;
  readonly clientAuthentication: ClientAuthentication;
  readonly redirect_uri: Given<'ZITADEL_CALLBACK_URL'>['redirect_uri'];
  /** The gateway's public origin: that of `redirect_uri`. */
  readonly origin: Given<'ZITADEL_CALLBACK_URL'>['origin'];
  /** Where several sites are configured: the first one's host. */
  readonly firstSite?: string;
  /** Hosts of the site's name that are served too, because rules name them and no sites are configured. */
  readonly ruleHosts: ReadonlySet<string>;
  /** Of the first site: whether it hands over to a host what ZITADEL answers. Missing where no wildcard stands for any. */
  readonly handsOverTo?: (host: string) => boolean;
  /** Folder of the gateway's own endpoints, `/auth`; `''` when the callback lies at the root. */
  readonly endpoints: Given<'ZITADEL_CALLBACK_URL'>['endpoints'];
  /** Whether `origin` is HTTPS; else it is plain HTTP on loopback. */
  readonly isSecure: boolean;
  /** Key material, at least one; the first seals. */
  readonly sessionSecrets: Given<'SESSION_SECRET'>;
  readonly projectId?: Given<'ZITADEL_PROJECT_ID'>;
  /** Audiences a bearer token may have: the project's and ZITADEL_AUDIENCE's. Empty: none is configured. */
  readonly audience: Given<'ZITADEL_AUDIENCE'>;
  /** Whether bearer tokens are taken at all (a project, an audience or an API application is configured). */
  readonly takesBearer: boolean;
  readonly organizationId?: Given<'ZITADEL_ORG_ID'>;
  /** Space-separated. */
  readonly scope: string;
  /** Path (and query) on our origin, beginning with one slash. */
  readonly postLoginUrl: OwnAddress;
  readonly post_logout_redirect_uri: string;
  readonly introspection?: {
    readonly client_id: string;
    readonly authentication: ClientAuthentication;
  };
  readonly introspectionUrl?: Given<'ZITADEL_INTROSPECTION_URL'>;
  /** Seconds, all four. */
  readonly sessionDuration: Given<'SESSION_DURATION'>;
  readonly sessionMaxDuration: Given<'SESSION_MAX_DURATION'>;
  readonly claimsMaxAge: Given<'CLAIMS_MAX_AGE'>;
  readonly revocationMaxAge: Given<'REVOCATION_MAX_AGE'>;
  readonly routes: Given<'ROUTES'>;
  /** Header name → claim; undefined means the default set. */
  readonly identityHeaders?: Given<'IDENTITY_HEADERS'>;
  /** Of one header field that says who somebody is, with its name. What needs more is not sent at all. */
  readonly identityMaxBytes: Given<'IDENTITY_MAX_BYTES'>;
  readonly roleMap: Given<'ROLE_MAP'>;
  readonly securityHeaders: Given<'SECURITY_HEADERS'>;
  /** Private JWKs (ES256 or EdDSA); the first signs. Empty: no assertion. */
  readonly assertionKeys: Given<'ASSERTION_KEY'>;
  readonly assertionBinding: Given<'ASSERTION_BINDING'>;
  readonly operatorSecret?: Given<'OPERATOR_SECRET'>;
  readonly brand: {
    readonly name?: Given<'BRAND_NAME'>;
    readonly color?: Given<'BRAND_COLOR'>;
    readonly logoUrl?: Given<'BRAND_LOGO_URL'>;
  };
  /** Of the site; a rule's goes before it. */
  readonly help?: Help;
  readonly rewriteManifest: Given<'REWRITE_MANIFEST'>;
  /** The secrets of `upstream`, which nobody else gets. The first is sent. Empty: none. */
  readonly upstreamSecrets: Given<'UPSTREAM_SECRET'>;
  /** The secrets of the routes' own upstreams, by the name that `upstream_secret` says. The first is sent. */
  readonly namedSecrets: Readonly<Record<string, Given<'UPSTREAM_SECRET'>>>;
}
