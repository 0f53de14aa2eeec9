// An operator's folder on the disk: wrangler.toml, postern.toml and secrets, written by a test and read as Wrangler reads them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const BINDINGS = (env: string) => `
[[${env}kv_namespaces]]
binding = "SESSIONS"
[[${env}durable_objects.bindings]]
name = "USER_SESSIONS"
class_name = "UserSessions"
`;

export const TOP = `name = "postern"
main = "worker.js"
compatibility_date = "2026-07-30"
workers_dev = false
preview_urls = false
${BINDINGS('')}`;

/** `host`: of the gateway. */
export const variables = (host: string, more = '') => `
UPSTREAM_URL = "https://app.internal.example.net"
ZITADEL_DOMAIN = "https://acme.zitadel.cloud"
ZITADEL_CLIENT_ID = "249703852243222581"
ZITADEL_PROJECT_ID = "249703732336418457"
ZITADEL_CALLBACK_URL = "https://${host}/auth/callback"
${more}`;

export const environment = (name: string, more = '') => `
[env.${name}]
${BINDINGS(`env.${name}.`)}
[env.${name}.vars]${variables(`${name}.example.com`, more)}`;

export interface Folder {
  readonly config: string;
  path(name: string): string;
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

export function createFolder(files: Readonly<Record<string, string>>): Folder {
  const root = mkdtempSync(join(tmpdir(), 'postern-folder-'));
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  write(files);
  return {
    config: join(root, 'wrangler.toml'),
    path: (name) => join(root, name),
    write,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
