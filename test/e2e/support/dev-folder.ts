// The folder of a deployed gateway, as `postern dev` finds it: another host, an organisation and a secret of one’s own ZITADEL.

import { join } from 'node:path';
import { OWN_ROOT } from '../../../cli/support/own-package.ts';

export const POSTERN = join(OWN_ROOT, 'bin/postern.js');

/** As deployed: another host, an example of an application, an organisation, a secret of one's own ZITADEL. */
export const WRANGLER_TOML = `name = "my-gateway"
main = "src/index.js"
compatibility_date = "2026-07-30"

[build]
command = ${JSON.stringify(`node '${POSTERN}' build`)}
watch_dir = ["src", "postern.toml"]

[alias]
"#postern/variables" = "./.postern/variables.json"

[[routes]]
pattern = "portal.acme.net"
custom_domain = true

[[kv_namespaces]]
binding = "SESSIONS"

[[durable_objects.bindings]]
name = "USER_SESSIONS"
class_name = "UserSessions"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["UserSessions"]

[vars]
UPSTREAM_URL = "https://app-origin.example.net"
ZITADEL_DOMAIN = "https://acme.zitadel.cloud"
ZITADEL_CLIENT_ID = "249703852243222777"
ZITADEL_PROJECT_ID = "249703732336418777"
ZITADEL_ORG_ID = "249703000000000777"
ZITADEL_CALLBACK_URL = "https://portal.acme.net/auth/callback"
`;

export const postern = (path: string) => `[[vars.ROUTES]]
path = "${path}"
access = "public"

[[vars.ROUTES]]
path = "/profile"
roles = ["accountant"]
`;
