// From sound variables to the configuration as the gateway uses it: names of its own, what follows from others worked out.
// ARCHITECTURE §1.

import { endpointUrl } from '../endpoints/catalogue.ts';
import type { KeyFile } from '../oidc/zitadel/key-file.ts';
import { organizationScope, projectScope } from '../oidc/zitadel/scopes.ts';
import { ROOT } from '../shared/own-address.ts';
import type { NamedSecrets } from './named-secrets.ts';
import type { ClientAuthentication, Config } from './schema.ts';
import { otherHostsOf, sitesOfRules } from './site-hosts.ts';
import { parseLocalUrl } from './urls.ts';
import type { Variables } from './variables.ts';

/** Without a prototype, so that it can be asked for any name. */
const NO_ENTRIES: Readonly<Record<string, never>> = Object.freeze(Object.create(null));

export function assembleConfig(variables: Variables, namedSecrets: NamedSecrets): Config {
  const { redirect_uri, origin, endpoints } = variables.ZITADEL_CALLBACK_URL;
  const audience = distinct([variables.ZITADEL_PROJECT_ID, ...(variables.ZITADEL_AUDIENCE ?? [])]);
  const introspection = assembleIntrospection(variables);
  return withoutUndefined({
    issuer: variables.ZITADEL_DOMAIN,
    upstream: variables.UPSTREAM_URL,
    upstreamHost: variables.UPSTREAM_HOST,
    forwarded: variables.FORWARDED,
    client_id: variables.ZITADEL_CLIENT_ID,
    clientAuthentication: clientAuthentication(variables.ZITADEL_CLIENT_SECRET, variables.ZITADEL_CLIENT_KEY),
    redirect_uri,
    origin,
    endpoints,
    isSecure: origin.startsWith('https:'),
    sessionSecrets: variables.SESSION_SECRET,
    projectId: variables.ZITADEL_PROJECT_ID,
    audience,
    takesBearer: audience.length > 0 || introspection !== undefined,
    organizationId: variables.ZITADEL_ORG_ID,
    scope: assembleScope(variables),
    postLoginUrl: parseLocalUrl(variables.ZITADEL_POST_LOGIN_URL, origin) ?? ROOT,
    post_logout_redirect_uri: variables.ZITADEL_POST_LOGOUT_URL ?? endpointUrl({ origin, endpoints }, 'logoutCallback'),
    introspection,
    introspectionUrl: variables.ZITADEL_INTROSPECTION_URL,
    sessionDuration: variables.SESSION_DURATION,
    sessionMaxDuration: variables.SESSION_MAX_DURATION,
    claimsMaxAge: variables.CLAIMS_MAX_AGE,
    revocationMaxAge: variables.REVOCATION_MAX_AGE,
    firstSite: hasSites(variables) ? new URL(origin).host : undefined,
    siteName: hasSites(variables) ? new URL(origin).host : undefined,
    ruleHosts: otherHostsOf(variables, origin),
    routes: variables.ROUTES ?? [],
    identityHeaders: variables.IDENTITY_HEADERS,
    identityMaxBytes: variables.IDENTITY_MAX_BYTES,
    roleMap: variables.ROLE_MAP ?? NO_ENTRIES,
    securityHeaders: variables.SECURITY_HEADERS ?? NO_ENTRIES,
    assertionKeys: variables.ASSERTION_KEY ?? [],
    assertionBinding: variables.ASSERTION_BINDING,
    operatorSecret: variables.OPERATOR_SECRET,
    brand: assembleBrand(variables),
    help: assembleHelp(variables),
    rewriteManifest: variables.REWRITE_MANIFEST,
    upstreamSecrets: variables.UPSTREAM_SECRET ?? [],
    namedSecrets,
  });
}

const hasSites = (variables: Variables): boolean =>
  (variables.SITES ?? variables.PORTAL_HOST) !== undefined ||
  sitesOfRules(variables, variables.ZITADEL_CALLBACK_URL.origin).length > 0;

const assembleBrand = ({ BRAND_NAME: name, BRAND_COLOR: color, BRAND_LOGO_URL: logoUrl }: Variables): Config['brand'] =>
  withoutUndefined({ name, color, logoUrl });

function assembleHelp(variables: Variables): Config['help'] {
  const { ACCESS_REQUEST_URL: access, SUPPORT_URL: support, MESSAGES: sentences } = variables;
  if (access === undefined && support === undefined && sentences === undefined) return undefined;
  return { urls: withoutUndefined({ access, support }), sentences: sentences ?? NO_ENTRIES };
}

function assembleScope({ ZITADEL_SCOPES, ZITADEL_ORG_ID, ZITADEL_PROJECT_ID }: Variables): string {
  const organization = ZITADEL_ORG_ID === undefined ? undefined : organizationScope(ZITADEL_ORG_ID);
  const project = ZITADEL_PROJECT_ID === undefined ? undefined : projectScope(ZITADEL_PROJECT_ID);
  return distinct([...ZITADEL_SCOPES, organization, project]).join(' ');
}

function assembleIntrospection(variables: Variables): Config['introspection'] {
  const { ZITADEL_API_KEY: keyFile, ZITADEL_API_CLIENT_ID: id, ZITADEL_API_CLIENT_SECRET: secret } = variables;
  const client_id = keyFile?.clientId ?? id;
  return client_id === undefined ? undefined : { client_id, authentication: clientAuthentication(secret, keyFile) };
}

function clientAuthentication(client_secret: string | undefined, keyFile: KeyFile | undefined): ClientAuthentication {
  if (keyFile !== undefined) return { method: 'private_key_jwt', keyFile };
  return client_secret === undefined ? { method: 'none' } : { method: 'client_secret_basic', client_secret };
}

const distinct = (values: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];

type WithoutUndefined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Absent instead of undefined, as the types of the configuration have it. */
function withoutUndefined<T extends object>(value: T): WithoutUndefined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as WithoutUndefined<T>;
}
