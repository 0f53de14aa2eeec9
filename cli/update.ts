// `postern update`: to another version, with a look at what it changes.
// docs/upgrading.md.

import { spawn } from 'node:child_process';
import type { Command } from './commands.ts';
import { withOwnPrograms } from './support/own-programs.ts';
import { runUpdate, UPDATE_OPTIONS } from './update/command.ts';

export const command: Command = {
  options: UPDATE_OPTIONS,
  run: (args, system) =>
    runUpdate(args, system, {
      root: process.cwd(),
      npm: (words, folder) => run('npm', words, folder),
      node: (words, folder) => run(process.execPath, words, folder),
    }),
};

/** What npm tells the scripts that it runs would be taken for the flags of another one. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOfThisRun = (name: string) =>
    /^npm_(lifecycle|package|command|execpath)|^npm_config_(dry_run|json|yes|local_prefix)$/i.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOfThisRun(name)));
}

function run(program: string, args: readonly string[], folder: string) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve, reject) => {
    const env = { ...withOwnPrograms(withoutNpm(process.env)), NO_COLOR: '1' };
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, ...output }));
  });
}
