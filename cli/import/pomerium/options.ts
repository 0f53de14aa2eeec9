// Every option of Pomerium 0.33: of the file as a whole, of a route, and the criteria of its policy language.

import { CALLED, type Catalogue, impossible, renamed, same, section, unneeded } from '../options.ts';

const routes = (names: string): string =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `routes.${name}`)
    .join(' ');

const EDGE = 'Cloudflare ends TLS and listens; its dashboard has certificates and the redirect to https';
const PARTS = 'it is one worker: there are no services that talk to each other';
const LOGS = 'one event for each request goes to Workers Logs';
const STORE = 'sessions are in a sealed cookie, Workers KV and a Durable Object; nothing is to be set up';
const SSH = 'only web applications stand behind this gateway';
const CHECKED =
  'an upstream with https needs a certificate that is good; a tunnel or a VPC service reaches what has none';

export const POMERIUM: Catalogue = {
  title: 'Pomerium',
  version: '0.33.1',
  sections: [
    section(
      'Sign-in',
      renamed('idp_provider idp_provider_url', '`ZITADEL_DOMAIN`'),
      renamed('idp_client_id', '`ZITADEL_CLIENT_ID`'),
      renamed(
        'idp_client_secret idp_client_secret_file',
        '`ZITADEL_CLIENT_SECRET`, a secret; or none, since PKCE is always on',
      ),
      renamed('authenticate_service_url', '`ZITADEL_CALLBACK_URL`: each site signs in under its own address'),
      renamed('idp_scopes', '`ZITADEL_SCOPES`; the default asks for all that is needed'),
      renamed(
        'idp_request_params',
        '`prompt`, `login_hint`, `ui_locales` at `/auth/login`; `max_age`, `amr` of a rule',
      ),
      renamed('idp_access_token_allowed_audiences', '`ZITADEL_AUDIENCE`'),
      renamed('bearer_token_format', '`credentials` of a rule; JWTs and opaque tokens of ZITADEL'),
      renamed('signout_redirect_url', '`ZITADEL_POST_LOGOUT_URL`'),
      impossible('identity_providers', 'one provider, ZITADEL; it can ask others itself'),
      impossible('programmatic_redirect_domain_whitelist', 'programs bring a bearer token of a service user'),
      impossible(
        'mcp_allowed_client_id_domains mcp_allowed_as_metadata_domains',
        'the gateway is no authorization server; an MCP server behind it takes ZITADEL’s bearer tokens (`/.well-known/oauth-protected-resource`)',
      ),
    ),
    section(
      'Session',
      renamed(
        'cookie_secret cookie_secret_file shared_secret shared_secret_file',
        '`SESSION_SECRET`, a new one; a list while it rotates',
      ),
      renamed('cookie_expire', '`SESSION_MAX_DURATION`; without activity `SESSION_DURATION`'),
      unneeded(
        'cookie_name cookie_http_only cookie_same_site',
        'the session’s cookie is fixed (`__Host-`, `HttpOnly`, `Secure`, `SameSite=Lax`)',
      ),
      impossible(
        'cookie_domain',
        'a session is of one host. Another one signs in again, which at ZITADEL takes no password',
      ),
      unneeded(
        'databroker_service_url databroker_service_urls databroker_internal_service_url databroker_storage_type databroker_storage_connection_string databroker_storage_connection_string_file databroker_cluster_leader_id databroker_cluster_node_id databroker_cluster_nodes databroker_cluster_nodes.id databroker_cluster_nodes.grpc_address databroker_cluster_nodes.raft_address databroker_raft_bind_address blob_storage',
        STORE,
      ),
    ),
    section(
      'To the application and to the visitor',
      renamed('jwt_claims_headers', '`IDENTITY_HEADERS`'),
      renamed(
        'signing_key signing_key_file jwt_issuer_format',
        '`ASSERTION_KEY`: `X-Identity-Assertion`, with its keys at `/auth/jwks`',
      ),
      renamed('set_response_headers', '`SECURITY_HEADERS`; what the application sets itself stands'),
      renamed('default_upstream_timeout', '`timeout` of a rule'),
      same('pass_identity_headers', 'always'),
      same('skip_xff_append xff_num_trusted_hops', '`X-Forwarded-For` is the client as Cloudflare saw it'),
      same('allow_upgrades', 'WebSockets pass, and end with their session'),
      same(
        'normalize_path merge_slashes path_with_escaped_slashes_action headers_with_underscores_action',
        'every reading of a path is judged, and it goes up as it came',
      ),
      impossible('jwt_groups_filter', 'all roles of ZITADEL’s project are sent; `ROLE_MAP` names them'),
    ),
    section(
      'Routes',
      renamed(
        'policy policy_file routes',
        '`[[vars.ROUTES]]`, and `[[vars.SITES.routes]]` for each further host; the first rule that matches decides',
      ),
      renamed(routes('from'), 'the host of `ZITADEL_CALLBACK_URL`, of the others `host` in `SITES`'),
      renamed(routes('to'), '`UPSTREAM_URL`, `upstream` of a rule; of several targets the first'),
      renamed(routes('path prefix'), '`path` of a rule: `/report`, `/admin/*`, `/adm*/*`'),
      renamed(
        routes('regex regex_priority_order'),
        '`path` of a rule, as far as `*` and `/*` tell it; the rest is closed',
      ),
      renamed(routes('prefix_rewrite'), '`strip_prefix`, and a path of `upstream`'),
      renamed(routes('timeout'), '`timeout` of a rule: to the first byte'),
      renamed(routes('cors_allow_preflight'), '`cors` of a rule, with the origins'),
      renamed(
        routes('preserve_host_header'),
        `\`UPSTREAM_HOST\` is \`"public"\` (\`upstream_host\` of a rule): ${CALLED}`,
      ),
      renamed(
        routes('host_rewrite'),
        `\`UPSTREAM_HOST\` is that name, or \`"public"\` where it is the site’s (\`upstream_host\` of a rule): ${CALLED}`,
      ),
      impossible(
        routes('host_rewrite_header'),
        'no header of a request says by which name the application is called; `UPSTREAM_HOST` does (docs/host-and-origin.md)',
      ),
      renamed(routes('set_response_headers'), '`SECURITY_HEADERS`, for the whole site'),
      renamed(
        routes('show_error_details'),
        '`MESSAGES`, `support_url`, `access_request_url`: whom to ask; reasons are in the log',
      ),
      renamed(
        routes('bearer_token_format idp_access_token_allowed_audiences'),
        '`credentials` of a rule, `ZITADEL_AUDIENCE`',
      ),
      same(routes('allow_websockets allow_upgrades'), 'WebSockets pass, and end with their session'),
      same(routes('pass_identity_headers'), 'always'),
      same(routes('idle_timeout'), 'a stream may be silent as long as Cloudflare lets it'),
      unneeded(routes('name id stat_name description logo_url depends_on'), 'there is no list of routes for visitors'),
      unneeded(
        routes('remove_request_headers'),
        'identity headers of visitors never arrive; others are the application’s own',
      ),
      unneeded(
        routes(
          'load_balancing_policy lb_config health_checks health_checks.timeout outlier_detection healthy_panic_threshold circuit_breaker_thresholds',
        ),
        'one upstream for each rule; a load balancer stands in front of several',
      ),
      impossible(
        routes(
          'regex_rewrite_pattern regex_rewrite_substitution host_path_regex_rewrite_pattern host_path_regex_rewrite_substitution',
        ),
        'a path is not rewritten by an expression: closed',
      ),
      impossible(
        routes('redirect response'),
        'redirects and fixed answers are not given: Cloudflare’s redirect rules do that. Closed',
      ),
      impossible(
        routes(
          'set_request_headers kubernetes_service_account_token kubernetes_service_account_token_file enable_google_cloud_serverless_authentication',
        ),
        'no fixed value or foreign credential is sent; the application may ask for `UPSTREAM_SECRET`',
      ),
      impossible(routes('rewrite_response_headers'), 'addresses of the private origin are rewritten by themselves'),
      impossible(
        routes(
          'tls_skip_verify tls_server_name tls_upstream_server_name tls_custom_ca tls_custom_ca_file tls_upstream_allow_renegotiation allow_renegotiation',
        ),
        CHECKED,
      ),
      impossible(
        routes('tls_client_cert tls_client_key tls_client_cert_file tls_client_key_file'),
        '`UPSTREAM_SECRET` proves the gateway to the application; Workers have mTLS bindings of their own',
      ),
      impossible(
        routes('tls_downstream_client_ca tls_downstream_client_ca_file tls_downstream_server_name'),
        'Cloudflare’s mTLS asks browsers for certificates',
      ),
      impossible(
        routes(
          'allow_spdy mcp upstream_tunnel upstream_tunnel.ssh_policy upstream_tunnel.ssh_policy_rego session_recording',
        ),
        SSH,
      ),
      impossible(
        routes('idp_client_id idp_client_secret identity_providers jwt_groups_filter jwt_issuer_format'),
        'one client for the site',
      ),
    ),
    section(
      'Who may pass',
      renamed(routes('policy'), '`roles`, `claims`, `methods`, `access` of rules; see the criteria below'),
      renamed(routes('allow_public_unauthenticated_access'), '`access = "public"`'),
      renamed(routes('allow_any_authenticated_user'), 'a rule without `roles`'),
      renamed(routes('allowed_users sub_policies.allowed_users'), '`claims = { email = [...] }`; better a role'),
      renamed(routes('allowed_groups sub_policies.allowed_groups'), '`roles`'),
      renamed(
        routes('allowed_idp_claims sub_policies.allowed_idp_claims'),
        '`claims`, and `roles` for groups and roles',
      ),
      impossible(
        routes('allowed_domains sub_policies.allowed_domains'),
        'a rule can’t ask for a domain: an organisation (`ZITADEL_ORG_ID`), or a role. Closed',
      ),
      impossible(
        routes(
          'sub_policies sub_policies.rego sub_policies.id sub_policies.name sub_policies.source_ppl sub_policies.explanation sub_policies.remediation',
        ),
        'no Rego: closed',
      ),
    ),
    section(
      'Criteria of a policy',
      renamed('accept', '`access = "public"`'),
      renamed('authenticated_user', 'a rule without `roles`'),
      renamed('groups claim', '`roles` for groups and roles, else `claims`, where a value is asked for as it is'),
      renamed('email user', '`claims = { email = [...] }`, `claims = { sub = [...] }`'),
      renamed('http_method http_path', '`methods` and `path` of a rule'),
      renamed('cors_preflight', '`cors` of a rule, with the origins'),
      same('reject', 'nobody passes anyway'),
      impossible('domain', 'an organisation (`ZITADEL_ORG_ID`), or a role. Closed'),
      impossible(
        'source_ip device client_certificate invalid_client_certificate mcp_tool ssh_publickey ssh_username ssh_username_matches_email ssh_username_matches_claim ssh_ca date day_of_week time_of_day record',
        'a rule can’t ask for it. Closed',
      ),
    ),
    section(
      'Server',
      unneeded(
        'address insecure_server http_redirect_addr certificate certificate_key certificate_file certificate_key_file certificates certificates.cert certificates.key autocert autocert_ca autocert_dir autocert_eab_key_id autocert_eab_mac_key autocert_email autocert_must_staple autocert_trusted_ca autocert_trusted_ca_file autocert_use_staging codec_type use_proxy_protocol timeout_read timeout_write timeout_idle',
        EDGE,
      ),
      unneeded(
        'services authenticate_internal_service_url authorize_service_url authorize_service_urls authorize_internal_service_url grpc_address grpc_insecure grpc_client_timeout override_certificate_name certificate_authority certificate_authority_file tls_derive installation_id runtime_flags auto_apply_changesets',
        PARTS,
      ),
      unneeded(
        'dns_lookup_family dns_failure_refresh_rate dns_query_timeout dns_query_tries dns_refresh_rate dns_resolvers dns_udp_max_queries dns_use_tcp envoy_admin_access_log_path envoy_admin_profile_path envoy_admin_address envoy_bind_config_source_address envoy_bind_config_freebind envoy_dynamic_extensions circuit_breaker_thresholds',
        'there is no Envoy',
      ),
      unneeded('log_level proxy_log_level access_log_fields authorize_log_fields debug_address', LOGS),
      renamed('health_check_addr health_check_systemd_disabled', '`/auth/health`, `/auth/ready`'),
      renamed(
        'metrics_address metrics_basic_auth metrics_certificate metrics_certificate_key metrics_certificate_file metrics_certificate_key_file metrics_client_ca metrics_client_ca_file',
        '`/auth/metrics` with `OPERATOR_SECRET`',
      ),
      renamed(
        'otel_traces_exporter otel_traces_sampler_arg otel_resource_attributes otel_log_level otel_attribute_value_length_limit otel_exporter_otlp_endpoint otel_exporter_otlp_traces_endpoint otel_exporter_otlp_protocol otel_exporter_otlp_traces_protocol otel_exporter_otlp_headers otel_exporter_otlp_traces_headers otel_exporter_otlp_timeout otel_exporter_otlp_traces_timeout otel_bsp_schedule_delay otel_bsp_max_export_batch_size',
        '`[observability.traces]` of `wrangler.toml`; `traceparent` goes on',
      ),
      impossible(
        'downstream_mtls downstream_mtls.ca downstream_mtls.ca_file downstream_mtls.crl downstream_mtls.crl_file downstream_mtls.enforcement downstream_mtls.match_subject_alt_names downstream_mtls.max_verify_depth',
        'Cloudflare’s mTLS asks browsers for certificates',
      ),
      impossible(
        'google_cloud_serverless_authentication_service_account',
        'no foreign credential is sent to the application',
      ),
      impossible(
        'ssh_address ssh_host_key_files ssh_host_keys ssh_user_ca_key_file ssh_user_ca_key ssh_rls_enabled ssh_rls_additional_entries session_recording session_recording_concurrency',
        SSH,
      ),
    ),
  ],
};
