// Every option of oauth2-proxy 7.15, and what becomes of it. Names are those of the flags; a .cfg writes them with _, lists in the plural.

import { CALLED, type Catalogue, impossible, renamed, same, section, unneeded } from '../options.ts';
import { ALPHA_SECTIONS } from './alpha-options.ts';

const COOKIES =
  'the session is in a sealed cookie whose name and attributes are fixed (`__Host-`, `HttpOnly`, `Secure`, `SameSite=Lax`)';
const LOGS = 'one event for each request goes to Workers Logs; what to keep is set there';
const ENDPOINTS = 'ZITADEL’s endpoints and keys are read from its metadata';
const EDGE =
  'Cloudflare ends TLS and listens; its dashboard has certificates, versions of TLS and the redirect to https';
const STORE = 'tokens are in Workers KV, sealed; nothing is to be set up';
const OTHER_PROVIDER =
  'only ZITADEL signs people in; it can ask other providers itself. The rule is closed: grant a role instead';
const PAGES = '`BRAND_NAME`, `BRAND_COLOR`, `BRAND_LOGO_URL`; your own sentences are `MESSAGES`';

export const OAUTH2_PROXY: Catalogue = {
  title: 'oauth2-proxy',
  version: '7.15.3',
  sections: [
    section(
      'Provider',
      renamed('provider oidc-issuer-url', '`ZITADEL_DOMAIN`'),
      renamed('client-id', '`ZITADEL_CLIENT_ID`'),
      renamed(
        'client-secret client-secret-file',
        '`ZITADEL_CLIENT_SECRET`, a secret; or none, since PKCE is always on',
      ),
      renamed('redirect-url', '`ZITADEL_CALLBACK_URL`'),
      renamed('scope', '`ZITADEL_SCOPES`; the default asks for all that is needed'),
      same('backend-logout-url', 'sign-out ends the session at ZITADEL by itself'),
      renamed('jwt-key jwt-key-file', '`ZITADEL_CLIENT_KEY`, ZITADEL’s key file'),
      renamed('acr-values', '`amr` and `max_age` of a rule ask for a stronger or fresher sign-in, and check it'),
      renamed('prompt approval-prompt', '`/auth/login?prompt=…` for one sign-in'),
      renamed('oidc-groups-claim', 'roles are ZITADEL’s; `ROLE_MAP` gives them other names'),
      renamed('oidc-email-claim user-id-claim', '`IDENTITY_HEADERS` says which claim goes under which name'),
      renamed('oidc-extra-audience', '`ZITADEL_AUDIENCE`'),
      impossible(
        'whitelist-domain',
        'one returns to one’s own site only; after a sign-out, to what `ZITADEL_POST_LOGOUT_URL` says',
      ),
      same('code-challenge-method force-code-challenge-method', 'PKCE with S256, always'),
      unneeded(
        'login-url redeem-url profile-url validate-url oidc-jwks-url oidc-public-key-file skip-oidc-discovery oidc-enabled-signing-alg auth-request-response-mode resource',
        ENDPOINTS,
      ),
      unneeded('oidc-audience-claim skip-claims-from-profile-url encode-state', 'as ZITADEL does it'),
      unneeded('provider-display-name skip-provider-button', 'there is no page before ZITADEL’s'),
      unneeded('relative-redirect-url', '`ZITADEL_CALLBACK_URL` is the whole address'),
      impossible(
        'insecure-oidc-allow-unverified-email insecure-oidc-skip-issuer-verification insecure-oidc-skip-nonce ssl-insecure-skip-verify',
        'checks can’t be left out',
      ),
      impossible('provider-ca-file use-system-trust-store', 'ZITADEL needs a certificate that browsers trust'),
      impossible(
        'allowed-role keycloak-group google-group gitlab-group',
        'the groups of another provider; `import` writes them as `roles`, which somebody has to grant at ZITADEL',
      ),
      impossible(
        'github-org github-team github-repo github-user github-token gitlab-project bitbucket-team bitbucket-repository azure-tenant azure-graph-group-field entra-id-allowed-tenant entra-id-federated-token-auth',
        OTHER_PROVIDER,
      ),
      impossible(
        'google-admin-email google-admin-api-user-scope google-service-account-json google-target-principal google-use-application-default-credentials google-use-organization-id pubjwk-url',
        'only ZITADEL signs people in',
      ),
    ),
    section(
      'Who may pass',
      renamed('allowed-group', '`roles = [...]` of a rule'),
      renamed('skip-auth-route skip-auth-regex', 'a rule with `access = "public"`, `path`, `methods`'),
      renamed(
        'skip-auth-preflight',
        'a rule for `OPTIONS` with `access = "public"`; better `cors` of a rule, which also lets scripts read a 401',
      ),
      renamed('authenticated-emails-file', '`claims = { email = [...] }` of a rule; better a role'),
      renamed('api-route force-json-errors', '`unauthenticated = "401"` of a rule, to insist: scripts get 401 anyway'),
      renamed(
        'skip-jwt-bearer-tokens',
        '`ZITADEL_PROJECT_ID`, `ZITADEL_AUDIENCE`; `credentials` of a rule; opaque tokens too, with `ZITADEL_API_KEY`',
      ),
      impossible(
        'email-domain',
        'unless it is `*`: a rule can’t ask for a domain. Whoever ZITADEL lets in, or an organisation (`ZITADEL_ORG_ID`), or a role. `import` closes what was open to a domain',
      ),
      impossible('trusted-ip', 'no rule by address: whoever comes from there signs in, too'),
      impossible(
        'htpasswd-file htpasswd-user-group display-htpasswd-form',
        'passwords are ZITADEL’s alone; programs bring a bearer token of a service user',
      ),
      impossible('extra-jwt-issuers', 'tokens of ZITADEL only; further audiences are `ZITADEL_AUDIENCE`'),
      impossible('bearer-token-login-fallback', 'a bad token is 401, also where a cookie is good'),
    ),
    section(
      'Upstreams',
      renamed(
        'upstream',
        '`UPSTREAM_URL`, and `upstream` of a rule; files and fixed answers (`file:`, `static:`) are not served',
      ),
      renamed('upstream-timeout', '`timeout` of a rule'),
      renamed('pass-host-header', `\`UPSTREAM_HOST\` is \`"public"\` (\`upstream_host\` of a rule): ${CALLED}`),
      same('proxy-websockets', 'WebSockets pass, and end with their session'),
      same('allow-query-semicolons', 'the query goes up byte for byte'),
      unneeded('flush-interval disable-keep-alives', 'streams pass as they come'),
      impossible(
        'ssl-upstream-insecure-skip-verify',
        'an upstream with https needs a certificate that is good; behind a tunnel plain http will do',
      ),
    ),
    section(
      'Headers',
      same(
        'pass-user-headers skip-auth-strip-headers',
        '`X-Forwarded-User`, `-Email`, `-Preferred-Username`, and `-Groups` by the `IDENTITY_HEADERS` that `import` writes; what a visitor sends under these names never arrives',
      ),
      renamed('set-xauthrequest prefer-email-to-user', '`IDENTITY_HEADERS`'),
      renamed('pass-access-token', '`forward_access_token` of a rule; it arrives in `Authorization`'),
      renamed(
        'pass-authorization-header set-authorization-header',
        '`forward_id_token` of a rule; it arrives as `X-Forwarded-Id-Token`',
      ),
      renamed('signature-key', '`ASSERTION_KEY`: a signed statement instead of a signed request'),
      impossible(
        'pass-basic-auth basic-auth-password set-basic-auth',
        'no password is made up for the application; it reads the headers, or asks for `UPSTREAM_SECRET`',
      ),
    ),
    section(
      'Session',
      renamed('cookie-secret cookie-secret-file', '`SESSION_SECRET`, a new one; a list while it rotates'),
      renamed('cookie-expire', '`SESSION_MAX_DURATION`; without activity `SESSION_DURATION`'),
      unneeded('cookie-refresh', 'tokens are renewed when they have to be; how old roles may be is `CLAIMS_MAX_AGE`'),
      unneeded('cookie cookie-name cookie-path cookie-httponly cookie-samesite cookie-secure', COOKIES),
      unneeded(
        'cookie-csrf-expire cookie-csrf-per-request cookie-csrf-per-request-limit cookie-csrf-samesite',
        'up to eight sign-ins at once, and a lost one begins again',
      ),
      unneeded('session-cookie-minimal session-store-type', STORE),
      unneeded(
        'redis-connection-url redis-username redis-password redis-ca-path redis-insecure-skip-tls-verify redis-use-cluster redis-cluster-connection-urls redis-use-sentinel redis-sentinel-password redis-sentinel-master-name redis-sentinel-connection-urls redis-connection-idle-timeout',
        STORE,
      ),
      impossible(
        'cookie-domain',
        'a session is of one host. Another one signs in again, which at ZITADEL takes no password',
      ),
    ),
    section(
      'Pages',
      renamed('banner footer custom-templates-dir custom-sign-in-logo', PAGES),
      unneeded(
        'show-debug-on-error',
        'pages show a reference, the log has the reason; on loopback the page has it, too',
      ),
    ),
    section(
      'Server, logs and health',
      renamed('proxy-prefix', 'the folder of `ZITADEL_CALLBACK_URL`'),
      renamed('ping-path ping-user-agent ready-path gcp-healthchecks', '`/auth/health`, `/auth/ready`'),
      renamed(
        'metrics-address metrics-secure-address metrics-tls-cert-file metrics-tls-key-file',
        '`/auth/metrics` with `OPERATOR_SECRET`',
      ),
      unneeded(
        'http-address https-address tls-cert-file tls-key-file tls-cipher-suite tls-min-version force-https',
        EDGE,
      ),
      unneeded(
        'reverse-proxy real-client-ip-header trusted-proxy-ip',
        'the client’s address is what Cloudflare says; no header is believed',
      ),
      unneeded('request-id-header', '`X-Request-Id` is made here'),
      unneeded(
        'auth-logging auth-logging-format request-logging request-logging-format standard-logging standard-logging-format errors-to-info-log exclude-logging-path silence-ping-logging logging-compress logging-filename logging-local-time logging-max-age logging-max-backups logging-max-size',
        LOGS,
      ),
      unneeded(
        'config alpha-config config-test convert-config-to-alpha version',
        'flags of its own command; `postern doctor` looks a configuration over',
      ),
    ),
    ...ALPHA_SECTIONS,
  ],
};
