// The configuration: every variable with its kind, its default, an example and what is wanted of it (the only place for each),
// and the types that the rest of the gateway knows. Design §1; descriptions for people are in reference.ts, which the worker leaves out.

import { type InferOutput, maxLength, optional, pipe, regex, transform, unknown } from 'valibot';
import type { KeyFile } from '../oidc/zitadel/key-file.ts';
import { DEFAULT_SCOPES } from '../oidc/zitadel/scopes.ts';
import type { OwnAddress } from '../shared/own-address.ts';
import { identityHeaders, securityHeaders } from './header-tables.ts';
import { parseAssertionKeys, parseKeyFile } from './key-files.ts';
import { route } from './routes.ts';
import { judgeKeyMaterial, judgeSharedSecret, WANTED_KEY, WANTED_SHARED } from './secrets.ts';
import {
  parseCallbackUrl,
  parseEndpointUrl,
  parseIssuer,
  parseUpstream,
  WANTED_CALLBACK,
  WANTED_ENDPOINT,
  WANTED_ISSUER,
  WANTED_UPSTREAM,
} from './urls.ts';
import { filledList, flag, judge, judged, list, matching, oneOf, seconds, table, text, Wanted } from './values.ts';

/** Older client ids hold the name of their project: any letters and signs, but none that cannot be seen. */
const clientId = matching(/^(?!\s)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+(?<!\s)$/u, 'an id as ZITADEL shows it');
/** Of what becomes part of a scope, and blanks separate scopes. */
const id = matching(/^[^\s\p{Cc}\p{Cs}]+$/u, 'an id as ZITADEL shows it, without blanks');
const scope = matching(/^[^\s\p{Cc}\p{Cs}"\\]+$/u, 'a scope');
const filled = (wanted: string) => matching(/\S/, wanted);
const hexColor = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i;
const ownUrl = 'a path, or a URL on the origin of ZITADEL_CALLBACK_URL, without a fragment';

const KEY_FILE_EXAMPLE = `'{"type":"application","keyId":"…","key":"-----BEGIN RSA PRIVATE KEY-----\\n…","clientId":"…"}'`;

const roleMap = table('a table of ZITADEL role keys and names', (role, name) =>
  role !== '' && typeof name === 'string' && name.trim() !== ''
    ? name.trim()
    : new Wanted('the name by which the application knows the role'),
);

/** In the order of the reference. `example` is written as in wrangler.toml, of a secret as in .dev.vars. */
export const VARIABLES = {
  UPSTREAM_URL: {
    kind: 'var',
    schema: judged(WANTED_UPSTREAM, parseUpstream),
    example: '"https://app.internal.example.com"',
  },
  ZITADEL_DOMAIN: {
    kind: 'var',
    schema: judged(WANTED_ISSUER, parseIssuer),
    example: '"https://my-company-a1b2c3.zitadel.cloud"',
  },
  ZITADEL_CLIENT_ID: { kind: 'var', schema: clientId, example: '"249703852243222581"' },
  ZITADEL_CALLBACK_URL: {
    kind: 'var',
    schema: judged(WANTED_CALLBACK, parseCallbackUrl),
    example: '"https://app.example.com/auth/callback"',
  },
  SESSION_SECRET: {
    kind: 'secret',
    schema: filledList(judged(WANTED_KEY, judgeKeyMaterial), WANTED_KEY, /\s*,\s*/),
    example: 'the output of `openssl rand -hex 32`',
  },
  ZITADEL_CLIENT_SECRET: {
    kind: 'secret',
    schema: optional(filled('the client secret from ZITADEL')),
    example: 'the secret that ZITADEL showed once',
  },
  ZITADEL_CLIENT_KEY: {
    kind: 'secret',
    schema: optional(pipe(unknown(), judge(parseKeyFile))),
    example: KEY_FILE_EXAMPLE,
  },
  ZITADEL_PROJECT_ID: { kind: 'var', schema: optional(id), example: '"249703732336418457"' },
  ZITADEL_AUDIENCE: {
    kind: 'list',
    schema: optional(filledList(filled('an audience'), 'a list of audiences', /[\s,]+/)),
    example: '["249703852243222999"]',
  },
  ZITADEL_ORG_ID: { kind: 'var', schema: optional(id), example: '"249703000000000001"' },
  ZITADEL_SCOPES: {
    kind: 'list',
    schema: optional(filledList(scope, 'scopes with blanks between them', /\s+/), DEFAULT_SCOPES),
    example: '"openid profile email offline_access"',
  },
  ZITADEL_POST_LOGIN_URL: { kind: 'var', schema: optional(text(ownUrl), '/'), example: '"/profile"' },
  ZITADEL_POST_LOGOUT_URL: {
    kind: 'var',
    schema: optional(text('the post-logout redirect URI as registered at ZITADEL')),
    example: '"https://app.example.com/auth/logout/callback"',
  },
  ZITADEL_API_KEY: {
    kind: 'secret',
    schema: optional(pipe(unknown(), judge(parseKeyFile))),
    example: KEY_FILE_EXAMPLE,
  },
  ZITADEL_API_CLIENT_ID: { kind: 'var', schema: optional(clientId), example: '"249703852243222777"' },
  ZITADEL_API_CLIENT_SECRET: {
    kind: 'secret',
    schema: optional(filled('the API application’s client secret from ZITADEL')),
    example: 'the secret that ZITADEL showed once',
  },
  ZITADEL_INTROSPECTION_URL: {
    kind: 'var',
    schema: optional(judged(WANTED_ENDPOINT, parseEndpointUrl)),
    example: '"https://my-company-a1b2c3.zitadel.cloud/oauth/v2/introspect"',
  },
  SESSION_DURATION: { kind: 'var', schema: optional(seconds, 3600), example: '3600' },
  SESSION_MAX_DURATION: { kind: 'var', schema: optional(seconds, 43_200), example: '43200' },
  CLAIMS_MAX_AGE: { kind: 'var', schema: optional(seconds, 300), example: '300' },
  REVOCATION_MAX_AGE: { kind: 'var', schema: optional(seconds, 30), example: '30' },
  ROUTES: {
    kind: 'list',
    schema: optional(list(route, 'a list of rules')),
    example: '[{ path = "/admin/*", roles = ["admin"] }]',
  },
  IDENTITY_HEADERS: {
    kind: 'table',
    schema: optional(identityHeaders),
    example: '{ "Remote-User" = "preferred_username" }',
  },
  ROLE_MAP: { kind: 'table', schema: optional(roleMap), example: '{ "legacy-admins" = "admin" }' },
  SECURITY_HEADERS: {
    kind: 'table',
    schema: optional(securityHeaders),
    example: '{ "X-Frame-Options" = "SAMEORIGIN", "Referrer-Policy" = false }',
  },
  ASSERTION_KEY: {
    kind: 'secret',
    schema: optional(pipe(unknown(), judge(parseAssertionKeys))),
    example: `'{"kty":"EC","crv":"P-256","kid":"2026-08","x":"…","y":"…","d":"…"}'`,
  },
  ASSERTION_BINDING: { kind: 'var', schema: optional(oneOf('session', 'request'), 'session'), example: '"request"' },
  OPERATOR_SECRET: {
    kind: 'secret',
    schema: optional(judged(WANTED_SHARED, judgeSharedSecret)),
    example: 'the output of `openssl rand -hex 32`',
  },
  BRAND_NAME: {
    kind: 'var',
    schema: optional(
      pipe(
        matching(/^\P{Cc}+$/u, 'a name of at most 80 characters'),
        transform((name) => name.trim()),
        maxLength(80, 'a name of at most 80 characters'),
      ),
    ),
    example: '"Guest book"',
  },
  BRAND_COLOR: {
    kind: 'var',
    schema: optional(pipe(text('a colour'), regex(hexColor, 'a colour: # and 3 or 6 hexadecimal digits'))),
    example: '"#2f5d50"',
  },
  BRAND_LOGO_URL: { kind: 'var', schema: optional(text('an https:// URL or a path')), example: '"/assets/logo.svg"' },
  REWRITE_MANIFEST: { kind: 'var', schema: optional(flag, false), example: 'true' },
  POSTERN_ENV: {
    kind: 'var',
    schema: optional(matching(/^[\w-]+$/, 'the name of the environment in wrangler.toml')),
    example: '"staging"',
  },
  UPSTREAM_SECRET: {
    kind: 'secret',
    schema: optional(filledList(judged(WANTED_SHARED, judgeSharedSecret), WANTED_SHARED, /\s*,\s*/)),
    example: 'the output of `openssl rand -hex 32`',
  },
} as const;

export type VariableName = keyof typeof VARIABLES;

export type Variables = { readonly [Name in VariableName]: InferOutput<(typeof VARIABLES)[Name]['schema']> };

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
  /** Name of the secret that `upstream` gets. */
  readonly upstream_secret?: string;
  /** Seconds to the response's first byte. */
  readonly timeout?: number;
  readonly forward_access_token: boolean;
  readonly forward_id_token: boolean;
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
  readonly postLoginUrl: OwnAddress;
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
  /** Of `upstream`, and nobody else's. The first is sent. Empty: none. */
  readonly upstreamSecrets: readonly string[];
  /** Of the routes' own upstreams, by the name that `upstream_secret` says. The first is sent. */
  readonly namedSecrets: Readonly<Record<string, readonly string[]>>;
}
