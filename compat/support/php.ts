// PHP as its applications' documents have it: php-fpm behind nginx, with the server block of a recipe, in a folder of their own.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import { freePort } from '../../test/support/worker.ts';
import type { Place, Running } from './application.ts';
import { GATEWAY_SECRET } from './gateway-secret.ts';
import { startNginx } from './nginx.ts';

/** Debian's names; what an application needs besides is its own. */
export const PHP = ['nginx', 'php-fpm', 'php-cli'];

export interface PhpOptions {
  /** The recipe's file with nginx's server block. */
  readonly site: string;
  /** What the block says besides the port, the secret and the pool's socket: `/usr/share/dokuwiki` and where it is here. */
  readonly changes?: Readonly<Record<string, string>>;
  /** What the application finds in its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const SOCKET = 'unix:/run/php/php-fpm.sock';

export async function startPhp(place: Place, { site, changes, env = {} }: PhpOptions): Promise<Running> {
  const fpmPort = await freePort();
  const folder = join(place.data, 'php');
  mkdirSync(folder);
  writeFileSync(join(folder, 'fpm.conf'), describePool(folder, fpmPort, env));
  // What a process of root's writes is the user's who began it: there is no www-data on every machine.
  const args = ['-F', '-R', '-y', join(folder, 'fpm.conf')];
  const fpm = await startProcess({ command: findFpm(), args, port: fpmPort });
  const server = place.recipe.file(site, {
    '127.0.0.1:8081': `127.0.0.1:${place.port}`,
    'replace-me': GATEWAY_SECRET,
    [SOCKET]: `127.0.0.1:${fpmPort}`,
    ...changes,
  });
  const nginx = await startNginx({ folder: join(place.data, 'nginx'), port: place.port, server });
  return {
    output: () => readFileSync(join(folder, 'fpm.log'), 'utf8') + nginx.output(),
    async stop() {
      await nginx.stop();
      await fpm.stop();
    },
  };
}

function findFpm(): string {
  const name = readdirSync('/usr/sbin').find((file) => /^php-fpm\d/.test(file));
  if (name === undefined) throw new Error('no php-fpm');
  return join('/usr/sbin', name);
}

function describePool(folder: string, port: number, env: Readonly<Record<string, string>>): string {
  const { username } = userInfo();
  const variables = Object.entries(env).map(([name, value]) => `env[${name}] = ${value}`);
  return [
    '[global]',
    // No standard error: a pipe of Node's can't be opened by name.
    `error_log = ${folder}/fpm.log`,
    'daemonize = no',
    '[www]',
    `user = ${username}`,
    `listen = 127.0.0.1:${port}`,
    'pm = static',
    'pm.max_children = 6',
    'catch_workers_output = yes',
    'php_admin_value[upload_max_filesize] = 64M',
    'php_admin_value[post_max_size] = 64M',
    `php_admin_value[session.save_path] = ${folder}`,
    `php_admin_value[upload_tmp_dir] = ${folder}`,
    `php_admin_value[sys_temp_dir] = ${folder}`,
    'php_admin_value[display_errors] = off',
    'php_admin_value[log_errors] = on',
    ...variables,
    '',
  ].join('\n');
}

/** A command of the application's own, `php maintenance/install.php …`, to its end. */
export function runPhp(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return execFileSync('php', args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' });
}

/** Debian's copy of an application, to be written into. */
export function copyTree(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`no ${from}`);
  mkdirSync(to, { recursive: true });
  execFileSync('cp', ['-rL', `${from}/.`, to], { stdio: 'pipe' });
}
