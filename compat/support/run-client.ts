// A client that is a program of its own: it runs to its end, and says what it has to say.

import { type ExecFileException, execFile } from 'node:child_process';

export interface ClientOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What it wrote. Throws with what it complained about, without its arguments: there may be a token among them. */
export function runClient(command: string, args: readonly string[], options: ClientOptions = {}): Promise<string> {
  const { cwd, env } = options;
  const surroundings = { PATH: process.env['PATH'] ?? '', HOME: cwd ?? '/nonexistent', LANG: 'C.UTF-8', ...env };
  return new Promise((resolve, reject) => {
    const ended = (failure: ExecFileException | null, stdout: string, stderr: string) => {
      if (failure === null) resolve(stdout);
      else reject(new Error(`${command} ${args[0] ?? ''} ended with ${failure.code}:\n${stdout}${stderr}`));
    };
    execFile(command, args, { ...(cwd !== undefined && { cwd }), env: surroundings, maxBuffer: 2 ** 26 }, ended);
  });
}
