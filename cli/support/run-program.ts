// Runs a program to its end and collects what it writes.

import { spawn } from 'node:child_process';

export interface Ended {
  /** 127 where there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One program, with these arguments, in this folder. */
export type RunInFolder = (args: readonly string[], folder: string) => Promise<Ended>;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** For its standard input, which is empty otherwise. */
  readonly input?: string | undefined;
}

export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env = process.env, input = '' }: RunOptions = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: 'pipe' });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    child.once('error', ({ message }) => resolve({ code: 127, stdout: '', stderr: message }));
    child.once('close', (code) => resolve({ code: code ?? 1, ...output }));
    // It may end before it has read everything
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
