// What each variable and each field of a route means, for docs/configuration.md and .dev.vars.example. Not part of the worker.
// Kinds, defaults and examples are in variables.ts and routes.ts; the types demand an entry here for each of them.

import type { BindingName } from './bindings.ts';
import type { RouteField } from './routes.ts';
import type { SiteField } from './site-fields.ts';
import type { VARIABLES, VariableName } from './variables.ts';

type SecretName = { [N in VariableName]: (typeof VARIABLES)[N]['kind'] extends 'secret' ? N : never }[VariableName];

/** Defaults that follow from other variables. */
export const DERIVED_DEFAULTS: Partial<Record<VariableName | RouteField, string>> = {
  ZITADEL_POST_LOGOUT_URL: '`logout/callback` beside the callback',
  ZITADEL_INTROSPECTION_URL: 'from discovery',
  ROUTES: 'none: sign in for everything',
  IDENTITY_HEADERS: 'the set below',
  credentials: 'both, where bearer tokens are configured',
};

export const DESCRIPTIONS: Record<VariableName, string> = {
  UPSTREAM_URL:
    'Origin of the application, with a base path if it has one; or `service:` and the name of a service binding. Never the gateway’s own origin.',
  UPSTREAM_HOST:
    'By which name the application is called. `"upstream"`: its own, so that `Host`, `Origin`, `Referer` and `Destination` all say the host of `UPSTREAM_URL`. `"public"`: that of the site, for applications that take `X-Forwarded-Host`. Or a host name. `fetch` writes `Host` from the URL, so that only over a binding `Host` says the same: [host-and-origin.md](host-and-origin.md). Holds for the `upstream` of rules too, a host name for `UPSTREAM_URL` alone.',
  FORWARDED: 'Whether `Forwarded` (RFC 7239) is sent beside `X-Forwarded-*`.',
  ZITADEL_DOMAIN: 'The issuer: origin of the ZITADEL instance, with `https://` (`http://` only on loopback).',
  ZITADEL_CLIENT_ID: 'Client id of the web application at ZITADEL.',
  ZITADEL_CALLBACK_URL:
    'The redirect URI, exactly as registered. Its origin is the gateway’s public origin, and the folder of its path is where the gateway’s own endpoints live: `/auth/callback` puts them under `/auth`, where the application then gets nothing: one that has addresses there itself needs another folder, such as `/_auth/callback`.',
  SESSION_SECRET:
    'Key material of at least 32 random bytes: 64 hexadecimal or 43 base64 characters. Weak and well-known values are refused. A comma-separated list rotates: the first seals, all unseal.',
  ZITADEL_CLIENT_SECRET: 'Client secret, only for a confidential client.',
  ZITADEL_CLIENT_KEY:
    'JSON of the application’s key file (`private_key_jwt`), instead of a client secret. Its client id must be `ZITADEL_CLIENT_ID`.',
  ZITADEL_PROJECT_ID:
    'Project whose roles count, and whose id must be in a bearer token’s audience. With it, JWT access tokens are taken, and the scope that puts the project into the audience is added.',
  ZITADEL_AUDIENCE: 'Further audiences that bearer tokens may have. Also as text, with commas or blanks between them.',
  ZITADEL_ORG_ID: 'Only this organisation may sign in: asked for by a scope that is added, and checked on the claims.',
  ZITADEL_SCOPES:
    'What is asked for at sign-in, with blanks between the scopes. `openid` must be among them; without `offline_access` there is no refresh token, and the log warns.',
  ZITADEL_POST_LOGIN_URL:
    'Where a login that began at the login endpoint ends: a path, or a URL on the gateway’s origin. A login that began at a protected page ends at that page.',
  ZITADEL_POST_LOGOUT_URL: 'The post-logout redirect URI as registered, on the gateway’s origin.',
  ZITADEL_API_KEY:
    'JSON of the key file of a ZITADEL API application. With it, opaque bearer tokens are introspected (`private_key_jwt`).',
  ZITADEL_API_CLIENT_ID:
    'Instead of `ZITADEL_API_KEY`, with `ZITADEL_API_CLIENT_SECRET`: client id of the API application.',
  ZITADEL_API_CLIENT_SECRET: 'Client secret of the API application, with `ZITADEL_API_CLIENT_ID`.',
  ZITADEL_INTROSPECTION_URL: 'Where bearer tokens are introspected.',
  SESSION_DURATION: 'Seconds of inactivity after which a session ends, noticed in steps of at most a quarter of it.',
  SESSION_MAX_DURATION: 'Seconds after login at which a session ends in any case. At least `SESSION_DURATION`.',
  CLAIMS_MAX_AGE: 'Seconds that identity and roles may be old before they are read again at ZITADEL.',
  REVOCATION_MAX_AGE: 'Seconds that an ended session may still pass anywhere on earth.',
  ROUTES: 'Access rules, below. The first match wins, and what matches none needs a signed-in user.',
  SITES:
    'Further sites, each with a host of its own, below. The variables here are the first site, and every site’s defaults (`ROUTES` excepted: a site without `routes` has none).',
  PORTAL_HOST:
    'Host of the start page: it shows each visitor the sites that they may open, and no application is behind it.',
  IDENTITY_HEADERS:
    'Header name → claim; replaces the default set. A claim is `sub`, `email`, `preferred_username`, `metadata.department`, `urn:zitadel:iam:user:resourceowner:name` …, or one of `roles`, `org`. Two names that an application may take for the same, and names with a meaning of their own, are refused.',
  IDENTITY_MAX_BYTES:
    'Bytes that the application’s server takes in one header field, name included. Who would need more (of roles, mostly) gets 500 `identity_too_large` instead of a bare 400 or 431: nothing is left out.',
  ROLE_MAP: 'ZITADEL role key → name the application knows.',
  SECURITY_HEADERS: 'Response header → value, or `false` to leave it out. What the application set itself stands.',
  ASSERTION_KEY:
    'Private JWK (EC P-256 or OKP Ed25519) that signs the assertion `X-Identity-Assertion`; a JSON list rotates: the first signs. Without it there is no assertion.',
  ASSERTION_BINDING:
    'One assertion for a session’s requests until half its life is over (`session`), or one for each request, with method and URL (`request`).',
  OPERATOR_SECRET:
    'Opens the operator’s endpoints (`Authorization: Bearer`), which are 404 without it. At least 32 random characters.',
  BRAND_NAME: 'Name of the application on the gateway’s own pages, at most 80 characters.',
  BRAND_COLOR: 'Colour of the gateway’s own pages: `#` and 3 or 6 hexadecimal digits.',
  BRAND_LOGO_URL: 'Logo on the gateway’s own pages: an `https://` URL, or a path on the gateway’s origin.',
  SUPPORT_URL:
    'Where the gateway’s own pages send people who need help: an `https://` or `mailto:` URL. A rule’s `support_url` goes before it.',
  ACCESS_REQUEST_URL:
    'Where people ask for access that they lack, instead of `SUPPORT_URL`: an `https://` or `mailto:` URL. A rule’s `access_request_url` goes before it.',
  MESSAGES:
    'Your own sentences: `access` for people who lack access, `support` for whoever meets a fault, in place of “ask whoever runs this site”. Each is a text, or a table of languages (`en`, `de-CH`, `pt-BR`, `zh-Hans` …) and texts; the first is for visitors who read none of them. A rule’s `messages` go before them.',
  REWRITE_MANIFEST: 'Whether web app manifests are fetched with cookies: HTML is rewritten on the way.',
  POSTERN_ENV:
    'Name of the environment, in `[env.NAME.vars]`: which tables of `postern.toml` count, where that has some of its own for an environment. `postern build` refuses what does not agree.',
  UPSTREAM_SECRET:
    'Sent to `UPSTREAM_URL`, and to no other upstream, as `X-Gateway-Secret`, so that the application can refuse whoever did not come through the gateway. At least 32 random characters. A comma-separated list rotates: the first is sent.',
};

export const ROUTE_DESCRIPTIONS: Record<RouteField, string> = {
  path: 'Exact (`/report`, with or without a slash at its end), or a prefix ending in `/*` (`/admin/*` also covers `/admin`); `*` inside a segment matches within it. Written decoded (`/käse/a b`).',
  methods: 'Limits the rule to these methods, in capitals.',
  hosts: 'Limits the rule to these hosts.',
  access: '`"authenticated"`, `"public"` or `"deny"`.',
  roles: 'Any one of these suffices, after `ROLE_MAP`.',
  orgs: 'A role granted by any one of these organisations suffices.',
  claims: 'Claim → list of accepted values. All claims must hold.',
  credentials: 'Which of `"session"`, `"bearer"` are taken.',
  amr: 'Step-up: authentication methods, all demanded.',
  max_age: 'Step-up: seconds since login.',
  claims_max_age: 'As `CLAIMS_MAX_AGE`, tighter for this rule.',
  unauthenticated:
    '`"auto"` sends people to sign in and answers 401 to scripts; `"redirect"` and `"401"` always do the one.',
  keep_post:
    'Which forms are kept over a sign-in and sent again after it: `"same-origin"` those of the site’s own pages, `"cross-site"` those of any site (see the security model first), `"none"` none. Who sends another is told so.',
  paths:
    '`"bytes"` also takes paths that are no UTF-8 (`/caf%E9`), and judges them by every text that the bytes may be; elsewhere they are 400.',
  cors: 'Origins whose preflights pass and which may read the gateway’s own answers (401, 403, 502 …).',
  mode: '`"enforce"`, or `"report"`: decide, log what would have happened, and let the rules below decide.',
  upstream: 'Another upstream: a URL, or `service:` and the name of a service binding.',
  strip_prefix: '`true` removes the rule’s path before `/*`, a text that prefix of it.',
  upstream_host: 'As `UPSTREAM_HOST`, for this rule’s upstream.',
  upstream_secret:
    'Name of the secret that this rule’s `upstream` gets as `X-Gateway-Secret`, judged like `UPSTREAM_SECRET`. Without it, it gets none.',
  timeout: 'Seconds to the first byte of the response.',
  no_store:
    'Whether browsers are told to keep no answer (`Cache-Control: no-store`). Default: no page that a signed-in visitor goes to, unless the application gives it a lifetime. `false` leaves it to the application.',
  forward_access_token: 'Puts the current access token into `Authorization: Bearer`.',
  forward_id_token: 'Puts the current ID token into `X-Forwarded-Id-Token`.',
  support_url: 'As `SUPPORT_URL`, for this rule’s pages.',
  access_request_url: 'As `ACCESS_REQUEST_URL`, for this rule’s pages.',
  messages: 'As `MESSAGES`, for this rule’s pages.',
};

export const SITE_DESCRIPTIONS: Record<SiteField, string> = {
  host: 'Host of the site, with its port where it is not the usual one. `*.apps.example.com` serves every host with one more name, such as `pr-12.apps.example.com`: people sign in by way of the first site’s callback.',
  upstream: 'Its application, instead of `UPSTREAM_URL`.',
  routes: 'Its access rules, as in `ROUTES`. None: sign in for everything.',
  client_id:
    'An application of its own at ZITADEL, without a secret (PKCE). Missing: that of `ZITADEL_CLIENT_ID`, where this site’s redirect URI is registered too.',
  project_id: 'The project whose roles count here, and which bearer tokens must name.',
  org_id: 'Only this organisation may sign in here.',
  identity_headers: 'As `IDENTITY_HEADERS`, for this site.',
  role_map: 'As `ROLE_MAP`, for this site.',
  security_headers: 'As `SECURITY_HEADERS`, for this site.',
  brand_name: 'Its name on the gateway’s own pages.',
  brand_color: 'Its colour there.',
  brand_logo_url: 'Its logo there: an `https://` URL, or a path on this site.',
  support_url: 'Where people who need help are sent.',
  session_duration: 'As `SESSION_DURATION`, for sessions at this site.',
  session_max_duration: 'As `SESSION_MAX_DURATION`, for sessions at this site.',
  claims_max_age: 'As `CLAIMS_MAX_AGE`, for this site.',
  upstream_host:
    'As `UPSTREAM_HOST`, for this site’s `upstream`. A host name in `UPSTREAM_HOST` is that of `UPSTREAM_URL` alone.',
  upstream_secret:
    'Name of the secret that this site’s `upstream` gets as `X-Gateway-Secret`, judged like `UPSTREAM_SECRET`. Without it, it gets none.',
};

export const BINDING_DESCRIPTIONS: Record<BindingName, string> = {
  SESSIONS: 'KV namespace of the sealed refresh tokens. Required.',
  USER_SESSIONS: 'Durable Object of the class `UserSessions`, one per user. Required.',
  CONFIGURATION:
    'KV namespace whose entry `sites` is the list of sites, in place of `SITES`: for hundreds of them, changed without a deployment. Optional.',
  LOGIN_RATE_LIMIT:
    'Rate limit on sign-ins, begun and ended, of one client (an IPv4 address or an IPv6 /64). On in the `wrangler.toml` that comes with it; optional.',
};

/** What stands in .dev.vars.example: nothing that would work, so that nobody deploys it. */
export const DUMMY_SECRETS: Record<SecretName, string> = {
  SESSION_SECRET: 'replace-me-with-the-output-of-openssl-rand-hex-32',
  ZITADEL_CLIENT_SECRET: 'replace-me',
  ZITADEL_CLIENT_KEY: `'{"type":"application","keyId":"replace-me","key":"-----BEGIN RSA PRIVATE KEY-----\\nreplace-me\\n-----END RSA PRIVATE KEY-----\\n","appId":"replace-me","clientId":"replace-me"}'`,
  ZITADEL_API_KEY: `'{"type":"application","keyId":"replace-me","key":"-----BEGIN RSA PRIVATE KEY-----\\nreplace-me\\n-----END RSA PRIVATE KEY-----\\n","appId":"replace-me","clientId":"replace-me"}'`,
  ZITADEL_API_CLIENT_SECRET: 'replace-me',
  ASSERTION_KEY: `'{"kty":"EC","crv":"P-256","kid":"replace-me","x":"replace-me","y":"replace-me","d":"replace-me"}'`,
  OPERATOR_SECRET: 'replace-me-with-the-output-of-openssl-rand-hex-32',
  UPSTREAM_SECRET: 'replace-me-with-the-output-of-openssl-rand-hex-32',
};
