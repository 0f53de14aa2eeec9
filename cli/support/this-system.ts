// The real system: this process, its terminal, the network.

import { setTimeout as wait } from 'node:timers/promises';
import { wantsColour } from './look.ts';
import { withOwnPrograms } from './own-programs.ts';
import { createPrompts } from './prompts.ts';
import { runProgram } from './run-program.ts';
import type { System } from './system.ts';

export function createSystem(): System {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = (stream: { isTTY?: boolean }) => stream.isTTY === true;
  const canAsk = isTerminal(stdin) && isTerminal(stdout) && !env['CI'];
  return {
    print: (line) => void stdout.write(`${line}\n`),
    tell: (line) => void stderr.write(`${line}\n`),
    // Back to the line's beginning, and the rest of it cleared
    showNote: isTerminal(stderr) ? (note) => void stderr.write(`\r\u001b[K${note}`) : undefined,
    hasColour: { print: wantsColour(isTerminal(stdout), env), tell: wantsColour(isTerminal(stderr), env) },
    prompts: canAsk ? createPrompts() : undefined,
    fetch: (url, init) => fetch(url, init),
    now: () => Math.floor(Date.now() / 1000),
    wait: async (milliseconds) => void (await wait(milliseconds)),
    env,
    runWrangler: (args, input) => runProgram('wrangler', args, { env: withOwnPrograms(env), input }),
  };
}
