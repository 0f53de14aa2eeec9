// A PostgreSQL of an application's own, in its folder and on a port of loopback.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import { freePort } from '../../test/support/worker.ts';

export const POSTGRES = ['postgresql'];

export interface RunningPostgres {
  readonly port: number;
  readonly password: string;
  stop(): Promise<void>;
}

const ROOM = '/usr/lib/postgresql';
const PASSWORD = 'database';

/** The user `postgres` has the password. Refuses to run as root, so that it is Debian's `postgres` there. */
export async function startPostgres(data: string): Promise<RunningPostgres> {
  const [folder, password] = [join(data, 'postgresql'), join(data, 'postgres-password')];
  const bin = join(ROOM, readdirSync(ROOM).sort().at(-1) ?? '', 'bin');
  mkdirSync(folder);
  writeFileSync(password, PASSWORD);
  const asUser = userInfo().uid === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (asUser.length > 0) {
    chmodSync(data, 0o711);
    execFileSync('chown', ['postgres', folder, password]);
  }
  const [command = '', ...before] = [...asUser, join(bin, 'initdb')];
  execFileSync(
    command,
    [...before, '-D', folder, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8'],
    { stdio: 'pipe' },
  );
  const port = await freePort();
  const [first = '', ...args] = [
    ...asUser,
    join(bin, 'postgres'),
    '-D',
    folder,
    '-p',
    `${port}`,
    '-h',
    '127.0.0.1',
    '-k',
    folder,
    '-c',
    'fsync=off',
  ];
  const { stop } = await startProcess({ command: first, args, port });
  return { port, password: PASSWORD, stop };
}
