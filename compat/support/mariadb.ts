// A MariaDB of an application's own, in its folder and on a port of loopback.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import { freePort } from '../../test/support/worker.ts';

export const MARIADB = ['mariadb-server-core', 'mariadb-client-core'];

export interface RunningDatabase {
  readonly port: number;
  /** Runs statements as root. */
  run(sql: string): string;
  stop(): Promise<void>;
}

export async function startMariadb(folder: string): Promise<RunningDatabase> {
  const [datadir, socket, port] = [join(folder, 'mariadb'), join(folder, 'mariadb.sock'), await freePort()];
  mkdirSync(datadir);
  const user = `--user=${userInfo().username}`;
  const install = [
    '--no-defaults',
    `--datadir=${datadir}`,
    user,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  execFileSync('mariadb-install-db', install, { stdio: 'pipe' });
  const args = [
    '--no-defaults',
    user,
    `--datadir=${datadir}`,
    `--socket=${socket}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
  ];
  const { stop } = await startProcess({ command: 'mariadbd', args: [...args, '--innodb-flush-method=fsync'], port });
  const run = (input: string) =>
    execFileSync('mariadb', ['--no-defaults', '--user=root', `--socket=${socket}`], {
      input,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  return { port, run, stop };
}
