// npm, as a child: quiet, and with what it has said handed back.

import { spawn } from 'node:child_process';

export type RunNpm = (
  args: readonly string[],
  folder: string,
) => Promise<{ readonly code: number; readonly output: string }>;

/** What npx tells its child about its own call would be taken for settings of this one. */
const OF_THE_CALL =
  /^npm_(?:config_(?:local_prefix|global|location|package|call|workspace\w*|dry_run|prefix)|command|lifecycle_\w+|package_\w+)$/i;

export const runNpm: RunNpm = (args, folder) =>
  new Promise((resolve) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_CALL.test(name)));
    const child = spawn('npm', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    child.once('error', ({ message }) => resolve({ code: 127, output: message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
