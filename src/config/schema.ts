// The configuration: every variable, its default, its description and what is wanted of it. The only place for each.
// Design §1.

/** Where requests go: an origin with a base path, or a service binding. */
export interface UpstreamTarget {
  /** Origin without a slash at its end (`https://app.internal:8443`); for a service binding `http://{binding}`. */
  readonly origin: string;
  /** Base path without a slash at its end; `''` for none. */
  readonly basePath: string;
  /** Name of the service binding, when it is one (`service:BINDING`). */
  readonly binding?: string;
}

export interface Route {
  readonly path: string;
  readonly methods?: readonly string[];
  readonly hosts?: readonly string[];
  readonly access: 'authenticated' | 'public' | 'deny';
  readonly roles?: readonly string[];
  readonly orgs?: readonly string[];
  readonly claims?: Readonly<Record<string, readonly string[]>>;
  readonly credentials?: readonly ('session' | 'bearer')[];
  readonly amr?: readonly string[];
  readonly max_age?: number;
  readonly claims_max_age?: number;
  readonly unauthenticated: 'auto' | 'redirect' | '401';
  readonly cors?: readonly string[];
  readonly mode: 'enforce' | 'report';
  readonly upstream?: UpstreamTarget;
  readonly strip_prefix?: true | string;
  /** Seconds to the response's first byte. */
  readonly timeout?: number;
  readonly forward_access_token: boolean;
  readonly forward_id_token: boolean;
}

/** A ZITADEL key file (application or API): `key` is a PEM, PKCS#1 as ZITADEL writes it or PKCS#8. */
export interface KeyFile {
  readonly keyId: string;
  readonly key: string;
  readonly clientId: string;
}

export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic'; readonly client_secret: string }
  | { readonly method: 'private_key_jwt'; readonly keyFile: KeyFile };

export interface Config {
  /** The issuer, without a slash at its end. */
  readonly issuer: string;
  readonly upstream: UpstreamTarget;
  readonly client_id: string;
  readonly clientAuthentication: ClientAuthentication;
  readonly redirect_uri: string;
  /** The gateway's public origin: that of `redirect_uri`. */
  readonly origin: string;
  /** Folder of the gateway's own endpoints, `/auth`; `''` when the callback lies at the root. */
  readonly endpoints: string;
  /** Whether `origin` is HTTPS; else it is plain HTTP on loopback. */
  readonly isSecure: boolean;
  /** Key material, at least one; the first seals. */
  readonly sessionSecrets: readonly string[];
  readonly projectId?: string;
  /** Audiences a bearer token may have: the project's and ZITADEL_AUDIENCE's. Empty: none is configured. */
  readonly audience: readonly string[];
  /** Whether bearer tokens are taken at all (a project, an audience or an API application is configured). */
  readonly takesBearer: boolean;
  readonly organizationId?: string;
  /** Space-separated. */
  readonly scope: string;
  /** Path (and query) on our origin, beginning with one slash. */
  readonly postLoginUrl: string;
  readonly post_logout_redirect_uri: string;
  readonly introspection?: {
    readonly client_id: string;
    readonly authentication: ClientAuthentication;
  };
  readonly introspectionUrl?: string;
  /** Seconds, all four. */
  readonly sessionDuration: number;
  readonly sessionMaxDuration: number;
  readonly claimsMaxAge: number;
  readonly revocationMaxAge: number;
  readonly routes: readonly Route[];
  /** Header name → claim; undefined means the default set. */
  readonly identityHeaders?: Readonly<Record<string, string>>;
  readonly roleMap: Readonly<Record<string, string>>;
  readonly securityHeaders: Readonly<Record<string, string | false>>;
  /** Private JWKs (ES256 or EdDSA); the first signs. Empty: no assertion. */
  readonly assertionKeys: readonly JsonWebKey[];
  readonly assertionBinding: 'session' | 'request';
  readonly operatorSecret?: string;
  readonly brand: { readonly name?: string; readonly color?: string; readonly logoUrl?: string };
  readonly rewriteManifest: boolean;
  /** The first is sent. Empty: none. */
  readonly upstreamSecrets: readonly string[];
}
