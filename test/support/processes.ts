// Servers of other makes (nginx, Python) as child processes on loopback: started, awaited, ended by their own handle.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';

export interface RunningProcess {
  /** What it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** On 127.0.0.1; once it accepts a connection, the server is there. */
  readonly port: number;
  /** Milliseconds that it may take to be there; 20 seconds unless said otherwise. */
  readonly patience?: number;
}

const PATIENCE = 20_000;

export async function startProcess({
  command,
  args,
  cwd,
  env,
  port,
  patience = PATIENCE,
}: ProcessOptions): Promise<RunningProcess> {
  const child = spawn(command, args, { cwd, env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: 'pipe' });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (written += chunk));
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const running: RunningProcess = { output: () => written, stop: () => endProcess(child) };
  for (const end = Date.now() + patience; !(await accepts(port)); ) {
    if (!failure && child.exitCode === null && Date.now() < end) continue;
    await running.stop();
    throw new Error(`${command} did not start: ${failure?.message ?? ''}\n${written}`);
  }
  return running;
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(late);
}

/** A little later each time it is refused, so that asking does not keep the server from starting. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 50));
  });
}

/** One that has ended and that nobody has asked about yet is in the list all the same. */
export function isAlive(pid: number): boolean {
  const rows = execFileSync('ps', ['-eo', 'pid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return rows.some((row) => new RegExp(`^\\s*${pid}\\s+[^Z]`).test(row));
}
