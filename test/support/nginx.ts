// A real nginx with the configuration of examples/nginx, its addresses and its secret changed.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProcess, startProcess } from './processes.ts';

export const NGINX = '/usr/sbin/nginx';
export const hasNginx = existsSync(NGINX);

export interface NginxOptions {
  readonly port: number;
  readonly gatewayPort: number;
  readonly applicationPort: number;
  readonly gatewaySecret: string;
  /** Asks as ingress-nginx does: by a whole URL, and without a host beside it. */
  readonly asksLikeIngress?: boolean;
}

const QUESTION = `proxy_set_header X-Original-URI $request_uri;
        proxy_set_header X-Forwarded-Host $http_host;`;
/** In its template rootfs/etc/nginx/template/nginx.tmpl. */
const QUESTION_OF_INGRESS = 'proxy_set_header X-Original-URL $scheme://$http_host$request_uri;';
/** The example empties what it does not use. */
const NO_URL = `proxy_set_header X-Original-URL "";
        # Answers`;

const EXAMPLE = 'examples/nginx';
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

export async function startNginx(options: NginxOptions): Promise<RunningProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-nginx-'));
  cpSync(EXAMPLE, folder, { recursive: true });
  write(folder, 'postern.conf', 'postern.conf', {
    '127.0.0.1:8787': `127.0.0.1:${options.gatewayPort}`,
    '127.0.0.1:8081': `127.0.0.1:${options.applicationPort}`,
    '127.0.0.1:8080': `127.0.0.1:${options.port}`,
    'app.example.com': 'localhost',
    ...(options.asksLikeIngress && { [QUESTION]: QUESTION_OF_INGRESS, [NO_URL]: '# Answers' }),
  });
  write(folder, 'gateway-secret.conf.example', 'gateway-secret.conf', { 'replace-me': options.gatewaySecret });
  const paths = TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const http = `http { access_log off; ${paths} include postern.conf; }`;
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr; events {} ${http}\n`,
  );
  const running = await startProcess({
    command: NGINX,
    args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    port: options.port,
  });
  return {
    output: running.output,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Throws where a text to be changed is missing: the test would then run on something else than the example. */
function write(folder: string, from: string, to: string, changes: Readonly<Record<string, string>>): void {
  let text = readFileSync(join(folder, from), 'utf8');
  for (const [old, now] of Object.entries(changes)) {
    if (!text.includes(old)) throw new Error(`${EXAMPLE}/${from} does not say ${old}`);
    text = text.replaceAll(old, now);
  }
  writeFileSync(join(folder, to), text);
}
