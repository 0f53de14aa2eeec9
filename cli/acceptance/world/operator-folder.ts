// The folder of an operator who begins: wrangler.toml with rules, nothing of ZITADEL yet. The commands write into it.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_ROOT } from '../../support/own-package.ts';

/** A step-up's seconds: longer than a sign-in takes on a slow machine. */
export const FRESH_SECONDS = 8;
/** After so many seconds roles and ended sessions are seen. */
export const SHORT = 2;

const worker = (): string => {
  const source = join(OWN_ROOT, 'src/index.ts');
  return existsSync(source) ? source : join(OWN_ROOT, 'dist/worker.js');
};

const rules = (): string => `[[vars.ROUTES]]
path = "/echo/public"
access = "public"

[[vars.ROUTES]]
path = "/echo/staff"
roles = ["staff"]

[[vars.ROUTES]]
path = "/echo/fresh"
max_age = ${FRESH_SECONDS}

[[vars.ROUTES]]
path = "/echo/tokens"
credentials = ["session"]
forward_access_token = true
forward_id_token = true
`;

/** Path of its wrangler.toml. */
export async function writeOperatorFolder(folder: string): Promise<string> {
  const config = join(folder, 'wrangler.toml');
  await writeFile(
    config,
    `name = "postern-acceptance"
main = ${JSON.stringify(worker())}
compatibility_date = "2026-07-30"
workers_dev = false
preview_urls = false

[[kv_namespaces]]
binding = "SESSIONS"

[[durable_objects.bindings]]
name = "USER_SESSIONS"
class_name = "UserSessions"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["UserSessions"]

[vars]
CLAIMS_MAX_AGE = ${SHORT}
REVOCATION_MAX_AGE = ${SHORT}

${rules()}`,
  );
  return config;
}
