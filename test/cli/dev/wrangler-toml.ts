// wrangler.toml of a deployed gateway whose ZITADEL is at the given issuer.

import { SEED } from '../../../stand-in/seed.ts';

export const wranglerToml = (issuer: string) => `name = "gateway"
main = "index.js"
compatibility_date = "2026-07-30"
[[kv_namespaces]]
binding = "SESSIONS"
[[durable_objects.bindings]]
name = "USER_SESSIONS"
class_name = "UserSessions"
[vars]
UPSTREAM_URL = "https://app.acme.net"
ZITADEL_DOMAIN = "${issuer}"
ZITADEL_CLIENT_ID = "${SEED.webClientId}"
ZITADEL_PROJECT_ID = "${SEED.projectId}"
ZITADEL_CALLBACK_URL = "https://portal.acme.net/auth/callback"
`;
