// Every variable with its kind, its default, an example and what is wanted of it; this is the only place for each of these.
// ARCHITECTURE §1. Descriptions for people are in reference.ts, which the worker leaves out.

import { type InferOutput, optional, pipe, unknown } from 'valibot';
import { DEFAULT_SCOPES } from '../oidc/zitadel/scopes.ts';
import { identityHeaders, securityHeaders } from './header-tables.ts';
import { helpUrl, messages } from './help.ts';
import { parseAssertionKeys, parseKeyFile } from './key-files.ts';
import { brandColor, brandLogo, clientId, id, nameOfBrand, roleMap } from './kinds.ts';
import { route } from './routes.ts';
import { judgeKeyMaterial, judgeSharedSecret, WANTED_KEY, WANTED_SHARED } from './secrets.ts';
import { portalHost, site } from './site-fields.ts';
import { upstreamHost } from './upstream-host.ts';
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
import { bytes, filledList, flag, judge, judged, list, matching, oneOf, seconds, text } from './values.ts';

const scope = matching(/^[^\s\p{Cc}\p{Cs}"\\]+$/u, 'a scope');
const filled = (wanted: string) => matching(/\S/, wanted);
const ownUrl = 'a path, or a URL on the origin of ZITADEL_CALLBACK_URL, without a fragment';

const keyFile = {
  kind: 'secret',
  schema: optional(pipe(unknown(), judge(parseKeyFile))),
  example: `'{"type":"application","keyId":"…","key":"-----BEGIN RSA PRIVATE KEY-----\\n…","clientId":"…"}'`,
} as const;

const clientSecret = (wanted: string) =>
  ({ kind: 'secret', schema: optional(filled(wanted)), example: 'the secret that ZITADEL showed once' }) as const;

const sharedSecret = judged(WANTED_SHARED, judgeSharedSecret);
/** The first of a list is used, the others are still known while it is being rotated. */
const rotated = (secret: typeof sharedSecret, wanted: string) => filledList(secret, wanted, /\s*,\s*/);
const RANDOM_SECRET = 'the output of `openssl rand -hex 32`';

/** In the order of the reference. `example` is written as in wrangler.toml; a secret's is written as in .dev.vars. */
export const VARIABLES = {
  UPSTREAM_URL: {
    kind: 'var',
    schema: judged(WANTED_UPSTREAM, parseUpstream),
    example: '"https://app.internal.example.com"',
  },
  UPSTREAM_HOST: { kind: 'var', schema: optional(upstreamHost, 'upstream'), example: '"public"' },
  FORWARDED: { kind: 'var', schema: optional(flag, false), example: 'true' },
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
    schema: rotated(judged(WANTED_KEY, judgeKeyMaterial), WANTED_KEY),
    example: RANDOM_SECRET,
  },
  ZITADEL_CLIENT_SECRET: clientSecret('the client secret from ZITADEL'),
  ZITADEL_CLIENT_KEY: keyFile,
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
  ZITADEL_API_KEY: keyFile,
  ZITADEL_API_CLIENT_ID: { kind: 'var', schema: optional(clientId), example: '"249703852243222777"' },
  ZITADEL_API_CLIENT_SECRET: clientSecret('the API application’s client secret from ZITADEL'),
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
  SITES: {
    kind: 'list',
    schema: optional(list(site, 'a list of sites')),
    example: '[{ host = "wiki.example.com", upstream = "https://wiki.internal.example.com" }]',
  },
  PORTAL_HOST: { kind: 'var', schema: optional(portalHost), example: '"home.example.com"' },
  IDENTITY_HEADERS: {
    kind: 'table',
    schema: optional(identityHeaders),
    example: '{ "Remote-User" = "preferred_username" }',
  },
  IDENTITY_MAX_BYTES: { kind: 'var', schema: optional(bytes, 8190), example: '16000' },
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
    schema: optional(sharedSecret),
    example: RANDOM_SECRET,
  },
  BRAND_NAME: {
    kind: 'var',
    schema: optional(nameOfBrand),
    example: '"Guest book"',
  },
  BRAND_COLOR: {
    kind: 'var',
    schema: optional(brandColor),
    example: '"#2f5d50"',
  },
  BRAND_LOGO_URL: { kind: 'var', schema: optional(brandLogo), example: '"/assets/logo.svg"' },
  SUPPORT_URL: { kind: 'var', schema: optional(helpUrl), example: '"mailto:helpdesk@example.com"' },
  ACCESS_REQUEST_URL: { kind: 'var', schema: optional(helpUrl), example: '"https://desk.example.com/request-access"' },
  MESSAGES: {
    kind: 'table',
    schema: optional(messages),
    example: '{ access = { en = "Ada Lovelace decides who gets in.", de = "Zugang gibt Ada Lovelace." } }',
  },
  REWRITE_MANIFEST: { kind: 'var', schema: optional(flag, false), example: 'true' },
  POSTERN_ENV: {
    kind: 'var',
    schema: optional(matching(/^[\w-]+$/, 'the name of the environment in wrangler.toml')),
    example: '"staging"',
  },
  UPSTREAM_SECRET: {
    kind: 'secret',
    schema: optional(rotated(sharedSecret, WANTED_SHARED)),
    example: RANDOM_SECRET,
  },
} as const;

export type VariableName = keyof typeof VARIABLES;

export type Variables = { readonly [Name in VariableName]: InferOutput<(typeof VARIABLES)[Name]['schema']> };
