// The fields of oauth2-proxy's alpha configuration. Lists don't count in a name: `upstreamConfig.upstreams.uri` is that of each of them.

import { CALLED, impossible, renamed, same, section, unneeded } from '../options.ts';

const under = (prefix: string, names: string): string =>
  names
    .split(' ')
    .map((name) => `${prefix}.${name}`)
    .join(' ');

const upstreams = (names: string): string => `${under('upstreamConfig.upstreams', names)} ${under('upstreams', names)}`;
const headers = (names: string): string =>
  `${under('injectRequestHeaders', names)} ${under('injectResponseHeaders', names)}`;
const servers = (names: string): string => `${under('server', names)} ${under('metricsServer', names)}`;

const ENDPOINTS = 'ZITADEL’s endpoints and keys are read from its metadata';
const SECRETS = 'no fixed value is sent; the application may ask for `UPSTREAM_SECRET`';

export const ALPHA_SECTIONS = [
  section(
    'Alpha configuration: upstreams',
    renamed(upstreams('path uri'), '`UPSTREAM_URL`, and `path` with `upstream` of a rule'),
    renamed(upstreams('timeout'), '`timeout` of a rule'),
    renamed(upstreams('rewriteTarget'), '`strip_prefix`, where a prefix is cut off; any other is closed'),
    renamed(upstreams('passHostHeader'), `\`UPSTREAM_HOST\` is \`"public"\` (\`upstream_host\` of a rule): ${CALLED}`),
    same(upstreams('proxyWebSockets'), 'WebSockets pass, and end with their session'),
    same('upstreamConfig.proxyRawPath', 'paths go up byte for byte'),
    unneeded(upstreams('id flushInterval disableKeepAlives'), 'streams pass as they come; rules need no name'),
    impossible(
      upstreams('static staticCode'),
      'fixed answers are not given; a rule with `access = "deny"` answers 403',
    ),
    impossible(upstreams('insecureSkipTLSVerify'), 'an upstream with https needs a certificate that is good'),
  ),
  section(
    'Alpha configuration: headers',
    renamed(
      headers('name values.claim values.claimSource.claim'),
      '`IDENTITY_HEADERS`; tokens by `forward_access_token`, `forward_id_token` of a rule',
    ),
    same(headers('preserveRequestValue'), 'what a visitor sends under such a name never arrives'),
    unneeded(
      headers('InsecureSkipHeaderNormalization insecureSkipHeaderNormalization'),
      'names that read alike are the same name here',
    ),
    impossible(headers('values.prefix values.claimSource.prefix'), 'the plain claim is sent'),
    impossible(
      headers(
        'values.value values.fromEnv values.fromFile values.secretSource.value values.secretSource.fromEnv values.secretSource.fromFile values.basicAuthPassword.value values.basicAuthPassword.fromEnv values.basicAuthPassword.fromFile values.claimSource.basicAuthPassword.value values.claimSource.basicAuthPassword.fromEnv values.claimSource.basicAuthPassword.fromFile',
      ),
      SECRETS,
    ),
  ),
  section(
    'Alpha configuration: servers',
    unneeded(
      servers(
        'bindAddress BindAddress secureBindAddress SecureBindAddress tls.key.value tls.key.fromEnv tls.key.fromFile tls.cert.value tls.cert.fromEnv tls.cert.fromFile tls.minVersion tls.cipherSuites',
      ),
      'Cloudflare ends TLS and listens; metrics are `/auth/metrics`',
    ),
  ),
  section(
    'Alpha configuration: providers',
    renamed(under('providers', 'provider oidcConfig.issuerURL'), '`ZITADEL_DOMAIN`'),
    renamed(under('providers', 'clientID'), '`ZITADEL_CLIENT_ID`'),
    renamed(
      under('providers', 'clientSecret clientSecretFile'),
      '`ZITADEL_CLIENT_SECRET`, a secret; or none, since PKCE is always on',
    ),
    renamed(under('providers', 'scope additionalClaims'), '`ZITADEL_SCOPES`; the default asks for all that is needed'),
    renamed(under('providers', 'allowedGroups'), '`roles` of a rule'),
    renamed(
      under(
        'providers',
        'loginURLParameters.name loginURLParameters.default loginURLParameters.allow loginURLParameters.allow.value loginURLParameters.allow.pattern',
      ),
      '`/auth/login` passes on `login_hint`, `prompt`, `ui_locales` and `organization`',
    ),
    renamed(under('providers', 'oidcConfig.groupsClaim'), 'roles are ZITADEL’s; `ROLE_MAP` gives them other names'),
    renamed(
      under('providers', 'oidcConfig.emailClaim oidcConfig.userIDClaim'),
      '`IDENTITY_HEADERS` says which claim goes under which name',
    ),
    renamed(under('providers', 'oidcConfig.extraAudiences'), '`ZITADEL_AUDIENCE`'),
    same(under('providers', 'backendLogoutURL'), 'sign-out ends the session at ZITADEL by itself'),
    renamed(
      under('providers', 'loginGovConfig.jwtKey loginGovConfig.jwtKeyFile'),
      '`ZITADEL_CLIENT_KEY`, ZITADEL’s key file',
    ),
    same(under('providers', 'code_challenge_method'), 'PKCE with S256, always'),
    unneeded(under('providers', 'id name'), 'there is one provider, and no page before its own'),
    unneeded(
      under(
        'providers',
        'loginURL redeemURL profileURL validateURL authRequestResponseMode skipClaimsFromProfileURL resource oidcConfig.skipDiscovery oidcConfig.jwksURL oidcConfig.publicKeyFiles oidcConfig.audienceClaims oidcConfig.enabledSigningAlgs loginGovConfig.pubjwkURL ADFSConfig.skipScope',
      ),
      ENDPOINTS,
    ),
    impossible(
      under(
        'providers',
        'oidcConfig.insecureAllowUnverifiedEmail oidcConfig.insecureSkipIssuerVerification oidcConfig.insecureSkipNonce',
      ),
      'checks can’t be left out',
    ),
    impossible(under('providers', 'caFiles useSystemTrustStore'), 'ZITADEL needs a certificate that browsers trust'),
    impossible(
      under('providers', 'keycloakConfig.groups keycloakConfig.roles gitlabConfig.group googleConfig.group'),
      'the groups of another provider; `import` writes them as `roles`, which somebody has to grant at ZITADEL',
    ),
    impossible(
      under(
        'providers',
        'githubConfig.org githubConfig.team githubConfig.repo githubConfig.token githubConfig.users gitlabConfig.projects bitbucketConfig.team bitbucketConfig.repository azureConfig.tenant azureConfig.graphGroupField microsoftEntraIDConfig.allowedTenants microsoftEntraIDConfig.federatedTokenAuth googleConfig.adminEmail googleConfig.serviceAccountJson googleConfig.useApplicationDefaultCredentials googleConfig.targetPrincipal googleConfig.useOrganizationID googleConfig.adminAPIUserScope',
      ),
      'only ZITADEL signs people in; it can ask other providers itself. What is asked for here is closed: grant a role instead',
    ),
  ),
];
