// The real system: this process, its terminal, the network.

import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { wantsColour } from './look.ts';
import { withOwnPrograms } from './own-programs.ts';
import { createPrompts } from './prompts.ts';
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
    runWrangler: runProgram,
  };
}

function runProgram(args: readonly string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('wrangler', args, { stdio: ['pipe', 'pipe', 'pipe'], env: withOwnPrograms(process.env) });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    child.once('error', (cause) => resolve({ code: 127, stdout: '', stderr: cause.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, ...output }));
    // It may end before it has read everything
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
