// The gateway itself: the operator's own Wrangler in a process group of its own, so that nothing of it is left behind.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { withOwnPrograms } from '../support/own-programs.ts';
import type { Override } from './plan.ts';

export interface WranglerRun {
  readonly origin: string;
  readonly place: { readonly config?: string; readonly env?: string };
  readonly overrides: readonly Override[];
  /** In place of .dev.vars, or besides it. */
  readonly envFiles: readonly string[];
  /** Folder for KV and objects; by default Wrangler's own. */
  readonly persistTo: string | undefined;
  /** Whether wrangler.toml names a host that requests are to be taken for. */
  readonly hasDevHost: boolean;
}

export function wranglerArguments(run: WranglerRun): readonly string[] {
  const { origin, place, overrides, envFiles, persistTo, hasDevHost } = run;
  const { host, port } = new URL(origin);
  return [
    ...['dev', '--port', port || '80', '--ip', '127.0.0.1', '--inspector-port', '0'],
    // Else requests are taken for those to the deployed host, which is another than the callback's here.
    ...['--infer-origin-from-routes=false', ...(hasDevHost ? ['--host', host] : [])],
    '--show-interactive-dev-session=false',
    ...Object.entries(place).flatMap(([flag, value]) => [`--${flag}`, value]),
    ...envFiles.flatMap((file) => ['--env-file', file]),
    ...(persistTo === undefined ? [] : ['--persist-to', persistTo]),
    ...overrides.flatMap(({ name, value }) => ['--var', `${name}:${value}`]),
  ];
}

export interface Running {
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number>;
  readonly lastWords: () => string;
  stop(): Promise<void>;
}

/** Milliseconds until whoever does not stop is made to. */
const GRACE = 5_000;
const MOST_LINES = 60;

/** `env`: besides this process's own. */
export function startWrangler(
  args: readonly string[],
  hear: (line: string) => void,
  isColourful: boolean,
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn('wrangler', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { WRANGLER_SEND_METRICS: 'false', ...withOwnPrograms(process.env), ...env },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (written) => {
      // It colours what goes into a pipe, too.
      const line = isColourful ? written : stripVTControlCharacters(written);
      lines.push(line);
      if (lines.length > MOST_LINES) lines.shift();
      hear(line);
    });
  }
  const ended = new Promise<number>((resolve) => {
    child.once('error', (cause) => {
      lines.push(cause.message);
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
  const kill = (signal: NodeJS.Signals) => killGroup(child.pid, signal);
  // For every way in which this process can end without having stopped Wrangler first.
  const killAtOnce = () => kill('SIGKILL');
  process.once('exit', killAtOnce);
  void ended.then(() => process.off('exit', killAtOnce));
  return {
    ended,
    lastWords: () => lines.join('\n'),
    async stop() {
      kill('SIGTERM');
      const isEnded = await Promise.race([ended.then(() => true), wait(GRACE, false, { ref: false })]);
      kill('SIGKILL');
      if (!isEnded) await ended;
    },
  };
}

/** The runtime is a grandchild: the group has it, too. */
function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (cause) {
    // All of it has ended.
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}
