// nginx with the server block of a recipe, in a folder of its own.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { NGINX } from '../../test/support/nginx.ts';
import { type RunningProcess, startProcess } from '../../test/support/processes.ts';

export interface NginxSite {
  readonly folder: string;
  /** The one that the block listens on. */
  readonly port: number;
  readonly server: string;
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

export function startNginx({ folder, port, server }: NginxSite): Promise<RunningProcess> {
  mkdirSync(folder, { recursive: true });
  const paths = TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  // nginx looks for them beside nginx.conf.
  for (const file of ['fastcgi_params', 'mime.types']) copyFileSync(join('/etc/nginx', file), join(folder, file));
  writeFileSync(join(folder, 'site.conf'), server);
  // As root it would become another user, who may not read this folder.
  const user = userInfo().uid === 0 ? 'user root;' : '';
  const http = `http { access_log off; include mime.types; ${paths} include site.conf; }`;
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; ${user} pid ${folder}/nginx.pid; error_log stderr; events {} ${http}\n`,
  );
  return startProcess({ command: NGINX, args: ['-c', join(folder, 'nginx.conf'), '-e', 'stderr'], port });
}
