// Commands as somebody runs them who has no clone: another folder, none of the repository's programs on the path, npm's own settings only.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { withoutNpmCall } from '../../cli/support/npm-environment.ts';
import { type Ended, runProgram } from '../../cli/support/run-program.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What whoever runs the tests tells its children. */
const OF_THE_TESTS = /^VITEST|^NODE_/;

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(withoutNpmCall(process.env)).filter(([name]) => !OF_THE_TESTS.test(name));
  const PATH = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(ROOT) && !folder.includes('node-gyp-bin'))
    .join(delimiter);
  return { ...Object.fromEntries(inherited), PATH, WRANGLER_SEND_METRICS: 'false', CI: 'true', ...more };
}

export interface Outside {
  run(cwd: string, command: string, ...args: string[]): Promise<Ended>;
  /** In a process group of its own, as on a terminal. */
  start(cwd: string, command: string, ...args: string[]): Started;
}

export interface Started {
  output(): string;
  /** Resolves once the pattern has been written, with what was written; rejects if it ends before. */
  says(pattern: RegExp): Promise<string>;
  /** As Ctrl-C does it; its exit code. */
  interrupt(): Promise<number | null>;
}

export function goOutside(more: Readonly<Record<string, string>> = {}): Outside {
  const env = environment(more);
  return {
    run: (cwd, command, ...args) => runProgram(command, args, { cwd, env }),
    start: (cwd, command, ...args) => watch(spawn(command, args, { cwd, env, detached: true, stdio: 'pipe' })),
  };
}

function watch(child: ChildProcess): Started {
  let written = '';
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      written += chunk.toString();
      tell();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  ended.then(tell);
  return {
    output: () => written,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(written)) resolve(written);
          else if (child.exitCode !== null) reject(new Error(`it ended with ${child.exitCode}: ${written}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
    interrupt: () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      return ended;
    },
  };
}

/** A test that needs packages asks this first. */
export function hasRegistry(): boolean {
  const { status } = spawnSync('npm', ['view', 'wrangler', 'version'], { env: environment({}), timeout: 30_000 });
  if (status !== 0)
    console.log('No registry of npm packages answers: the whole life of an operator’s folder is skipped.');
  return status === 0;
}
