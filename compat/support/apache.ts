// Apache with the site of a recipe, as Debian's `apache2` would have it, in a folder of its own.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Place, Running } from './application.ts';

const MODULES = '/usr/lib/apache2/modules';
/** What Debian has enabled. */
const USUAL = [
  'mpm_event',
  'authz_core',
  'authz_host',
  'alias',
  'dir',
  'mime',
  'env',
  'setenvif',
  'autoindex',
  'filter',
];

export interface ApacheOptions {
  /** The text of `/etc/apache2/sites-available/….conf`, its address changed. */
  readonly site: string;
  /** What the recipe enables with `a2enmod`. */
  readonly modules: readonly string[];
}

export async function startApache({ data, port }: Place, { site, modules }: ApacheOptions): Promise<Running> {
  const lines = [
    ...[...USUAL, ...modules].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
    `ServerRoot ${data}`,
    `DefaultRuntimeDir ${data}`,
    `PidFile ${data}/apache.pid`,
    `Listen 127.0.0.1:${port}`,
    'ServerName localhost',
    'TypesConfig /etc/mime.types',
    `ErrorLog ${data}/error.log`,
    // As the packages' own start does; an unprivileged user stays who he is.
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
    '<Directory />',
    '  AllowOverride None',
    '  Require all denied',
    '</Directory>',
  ];
  // It runs as a user of its own, who has to get in.
  chmodSync(data, 0o755);
  writeFileSync(join(data, 'apache.conf'), `${lines.join('\n')}\n${site}`);
  const args = ['-DFOREGROUND', '-f', join(data, 'apache.conf')];
  const { stop } = await startProcess({ command: '/usr/sbin/apache2', args, port });
  return { stop, output: () => readFileSync(join(data, 'error.log'), 'utf8') };
}
