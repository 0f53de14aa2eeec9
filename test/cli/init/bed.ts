// `postern init` in a place of its own.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InitSurroundings, runInit } from '../../../cli/init/command.ts';
import { createSystem } from '../../../cli/support/this-system.ts';

export const ROOT = join(import.meta.dirname, '../../..');
export const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
export const repository = JSON.parse(read(ROOT, 'package.json'));

export async function init(args: readonly string[], surroundings: Partial<InitSurroundings> = {}) {
  const printed: string[] = [];
  const told: string[] = [];
  const calls: (readonly string[])[] = [];
  const system = {
    ...createSystem(),
    print: (line: string) => void printed.push(line),
    tell: (line: string) => void told.push(line),
    prompts: undefined,
  };
  const code = await runInit(args, system, {
    findSource: async () => ({ kind: 'spec', spec: '1.2.3' }),
    runNpm: async (words) => {
      calls.push(words);
      return { code: 0, stdout: '', stderr: '' };
    },
    ...surroundings,
  });
  return { code, printed: printed.join('\n'), told: told.join('\n'), calls };
}
