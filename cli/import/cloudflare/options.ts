// Every option of cloudflared's file, of an Access application and of a policy, and what becomes of it.
// Of Access the names are those of the API and of the Terraform provider.

import { CALLED, type Catalogue, impossible, renamed, same, section, unneeded } from '../options.ts';

const under = (prefix: string, names: string): string =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${prefix}.${name}`)
    .join(' ');

/** For all rules, and for one. */
const origin = (names: string): string => `${under('originRequest', names)} ${under('ingress.originRequest', names)}`;

const TUNNEL = 'the tunnel stays as it is: the gateway reaches the application through it, or through a VPC service';
const LAUNCHER = 'there is no list of applications for visitors';
const COOKIE = 'the session’s cookie is fixed (`__Host-`, `HttpOnly`, `Secure`, `SameSite=Lax`)';

export const CLOUDFLARE: Catalogue = {
  title: 'Cloudflare Access',
  version: 'cloudflared 2026.8, Terraform provider 5.22',
  sections: [
    section(
      'cloudflared: ingress',
      renamed('ingress.hostname hostname', 'the host of `ZITADEL_CALLBACK_URL`, of the others `host` in `SITES`'),
      renamed('ingress.path', '`path` of a rule, as far as `*` and `/*` tell it; the rest is closed'),
      renamed('ingress.service url', '`UPSTREAM_URL`, `upstream` of a rule; only http and https'),
      unneeded(
        'hello-world bastion socks5 unix-socket warp-routing.connectTimeout warp-routing.maxActiveFlows warp-routing.tcpKeepAlive',
        'not for web applications behind a gateway; what is to be reached has an address of http or https',
      ),
    ),
    section(
      'cloudflared: originRequest',
      renamed(
        `${origin('httpHostHeader')} http-host-header`,
        `\`UPSTREAM_HOST\` is that name, or \`"public"\` where it is the site’s (\`upstream_host\` of a rule): ${CALLED}. \`cloudflared\` goes on writing it where the tunnel stays`,
      ),
      renamed(origin('connectTimeout'), '`timeout` of a rule: to the first byte'),
      renamed(
        origin('access.required access.teamName access.audTag access.environment'),
        '`UPSTREAM_SECRET`, or the signed `X-Identity-Assertion`: the application refuses what did not come through the gateway. Take `access` out of the tunnel, which would refuse the gateway’s own requests',
      ),
      unneeded(
        origin(
          'noTLSVerify caPool originServerName matchSNItoHost http2Origin disableChunkedEncoding tlsTimeout tcpKeepAlive noHappyEyeballs keepAliveConnections keepAliveTimeout proxyType proxyAddress proxyPort bastionMode ipRules ipRules.prefix ipRules.ports ipRules.allow',
        ),
        TUNNEL,
      ),
    ),
    section(
      'cloudflared: the tunnel',
      unneeded(
        'tunnel credentials-file credentials-contents token token-file origincert config loglevel log-level transport-loglevel logfile log-directory log-format-output output trace-output metrics metrics-update-freq no-autoupdate autoupdate-freq is-autoupdated protocol post-quantum edge edge-ip-version edge-bind-address region retries max-edge-addr-retries grace-period ha-connections no-prechecks cacert tag label name lb-pool features icmpv4-src icmpv6-src api-url dns-resolver-addrs management-hostname management-diagnostics pidfile rpc-timeout write-stream-timeout quic-disable-pmtu-discovery quic-connection-level-flow-control-limit quic-stream-level-flow-control-limit max-active-flows force default ui json auto-close local-ssh-port ssh-idle-timeout ssh-max-timeout bucket-name region-name secret-id access-key-id session-token s3-url-host host-key-path no-tls-verify origin-ca-pool origin-server-name proxy-connect-timeout proxy-tls-timeout proxy-tcp-keepalive proxy-no-happy-eyeballs proxy-keepalive-connections proxy-keepalive-timeout proxy-address proxy-port http2-origin no-chunked-encoding',
        TUNNEL,
      ),
      unneeded('tunnel_id account_id source version created_at id', 'the names of things at Cloudflare'),
    ),
    section(
      'Application',
      renamed(
        under('application', 'domain self_hosted_domains destinations.uri destinations.type'),
        'the host of `ZITADEL_CALLBACK_URL`, `path` of a rule; the longest path first',
      ),
      renamed(
        under('application', 'session_duration'),
        '`SESSION_MAX_DURATION`, the shortest of them; without activity `SESSION_DURATION`',
      ),
      renamed(under('application', 'cors_headers.allowed_origins'), '`cors` of a rule; other origins than `*`'),
      renamed(under('application', 'options_preflight_bypass'), '`cors` of a rule: preflights of these origins pass'),
      renamed(
        under('application', 'service_auth_401_redirect'),
        '`unauthenticated = "401"` of a rule, to insist: programs get 401 anyway',
      ),
      renamed(
        under('application', 'custom_deny_message custom_deny_url custom_non_identity_deny_url custom_pages'),
        '`MESSAGES`, `SUPPORT_URL`, `ACCESS_REQUEST_URL`, and of a rule `messages`, `support_url`, `access_request_url`',
      ),
      renamed(
        under('application', 'logo_url bg_color header_bg_color app_launcher_logo_url landing_page_design'),
        '`BRAND_NAME`, `BRAND_COLOR`, `BRAND_LOGO_URL`',
      ),
      renamed(
        under(
          'application',
          'mfa_config.allowed_authenticators mfa_config.mfa_disabled mfa_config.session_duration mfa_config',
        ),
        '`amr = ["mfa"]`, `max_age` of a rule',
      ),
      renamed(under('application', 'policies'), 'rules'),
      renamed(under('application', 'scim_config'), 'ZITADEL has SCIM itself'),
      renamed(under('application', 'read_service_tokens_from_header'), 'a bearer token in `Authorization`'),
      renamed(
        under(
          'application',
          'oauth_configuration.enabled oauth_configuration.dynamic_client_registration.enabled oauth_configuration.dynamic_client_registration.allow_any_on_localhost oauth_configuration.dynamic_client_registration.allow_any_on_loopback oauth_configuration.dynamic_client_registration.allowed_uris oauth_configuration.grant.access_token_lifetime oauth_configuration.grant.session_duration',
        ),
        'ZITADEL is the authorization server; `/.well-known/oauth-protected-resource` names it',
      ),
      same(
        under('application', 'auto_redirect_to_identity skip_interstitial http_only_cookie_attribute'),
        'there is no page before ZITADEL’s, and no script reads the cookie',
      ),
      same(
        under(
          'application',
          'cors_headers.allow_all_headers cors_headers.allow_all_methods cors_headers.allow_credentials cors_headers.allowed_headers cors_headers.allowed_methods cors_headers.max_age',
        ),
        'the application answers a preflight itself, once it passes',
      ),
      unneeded(
        under(
          'application',
          'id uid aud account_id zone_id name type tags created_at updated_at app_launcher_visible skip_app_launcher_login_page footer_links allow_iframe',
        ),
        LAUNCHER,
      ),
      unneeded(under('application', 'enable_binding_cookie same_site_cookie_attribute path_cookie_attribute'), COOKIE),
      unneeded(under('application', 'allowed_idps'), 'ZITADEL says which other providers it asks'),
      impossible(under('application', 'cors_headers.allow_all_origins'), 'origins are named one by one'),
      impossible(under('application', 'allow_authenticate_via_warp'), 'no device is asked: everybody signs in'),
      impossible(
        under(
          'application',
          'saas_app target_criteria destinations.cidr destinations.hostname destinations.l4_protocol destinations.port_range destinations.vnet_id destinations.mcp_server_id',
        ),
        'only web applications stand behind this gateway; SaaS applications sign in at ZITADEL themselves',
      ),
    ),
    section(
      'Policy',
      renamed(
        under('policy', 'decision'),
        '`allow`: `roles`, `claims`; `bypass`: `access = "public"`; `non_identity`: bearer tokens. `deny` can’t be said of some people only: closed',
      ),
      renamed(
        under('policy', 'include require'),
        'one rule says: all of its fields, of each list one item. What it can’t say is closed',
      ),
      renamed(under('policy', 'session_duration'), '`SESSION_MAX_DURATION`; `max_age` of a rule'),
      renamed(
        under(
          'policy',
          'mfa_config mfa_config.allowed_authenticators mfa_config.mfa_disabled mfa_config.session_duration',
        ),
        '`amr = ["mfa"]`, `max_age` of a rule',
      ),
      unneeded(
        under(
          'policy',
          'id uid name precedence application_id account_id zone_id reusable app_count created_at updated_at connection_rules',
        ),
        'rules stand in the order in which they count',
      ),
      impossible(under('policy', 'exclude'), 'a rule can’t leave somebody out: closed'),
      impossible(
        under('policy', 'approval_required approval_groups'),
        'nobody is asked for an approval: closed. Roles are granted at ZITADEL',
      ),
      impossible(
        under('policy', 'purpose_justification_required purpose_justification_prompt'),
        'nobody is asked for a reason',
      ),
      impossible(under('policy', 'isolation_required'), 'no isolated browser: closed'),
    ),
    section(
      'Selectors of a policy',
      renamed('everyone', 'a rule without `roles`'),
      renamed('email', '`claims = { email = [...] }`; better a role'),
      renamed(
        'group gsuite okta azure_ad azureAD saml oidc',
        '`roles`, by the name or id that it had; an attribute that is none of groups or roles: `claims`',
      ),
      renamed('auth_method', '`mfa`: `amr = ["mfa"]`'),
      renamed('service_token any_valid_service_token linked_app_token', 'a bearer token of a service user of ZITADEL'),
      impossible(
        'email_domain email_list',
        'a rule can’t ask for a domain or a list: an organisation (`ZITADEL_ORG_ID`), or a role. Closed',
      ),
      impossible(
        'ip ip_list geo',
        'no rule by address or country; Cloudflare’s own WAF rules stand before the worker. Closed',
      ),
      impossible(
        'device_posture auth_context certificate common_name external_evaluation github_organization login_method user_risk_score cloudflare_account_member',
        'a rule can’t ask for it. Closed',
      ),
    ),
  ],
};
