// What the test of `postern update` finds in the operator’s folder, and the changelog of the version to come.

export const CHANGELOG = `# Changelog

## [9.0.0] - 2026-12-24

### Changed

* Everything is better,
  and faster.

## [0.1.0] - 2026-11-21

### Added

* The first.
`;

export const WRANGLER_TOML = `# Ours
name = "gateway"
main = "src/index.js"
compatibility_date = "2026-07-30" # tried

workers_dev = false
preview_urls = false
routes = [{ pattern = "app.example.com", custom_domain = true }]

[observability]
enabled = true

[[kv_namespaces]]
binding = "SESSIONS"

[[durable_objects.bindings]]
name = "USER_SESSIONS"
class_name = "UserSessions"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["UserSessions"]

# Who is asked
[vars]
UPSTREAM_URL = "https://origin.example.net"
ZITADEL_DOMAIN = "https://my-company-a1b2c3.zitadel.cloud"
ZITADEL_CLIENT_ID = "249703852243222581"
ZITADEL_CALLBACK_URL = "https://app.example.com/auth/callback"

[[vars.ROUTES]]
path = "/admin/*"
roles = ["admin"]
`;
