// `postern update`: to another version, with a look at what it changes.
// docs/upgrading.md.

import type { Command } from './commands.ts';
import { withoutNpmCall } from './support/npm-environment.ts';
import { withOwnPrograms } from './support/own-programs.ts';
import { type RunInFolder, runProgram } from './support/run-program.ts';
import { runUpdate, UPDATE_OPTIONS } from './update/command.ts';

export const command: Command = {
  options: UPDATE_OPTIONS,
  run: (args, system) =>
    runUpdate(args, system, {
      root: process.cwd(),
      npm: runner('npm'),
      node: runner(process.execPath),
    }),
};

function runner(program: string): RunInFolder {
  const env = { ...withOwnPrograms(withoutNpmCall(process.env)), NO_COLOR: '1' };
  return (words, folder) => runProgram(program, words, { cwd: folder, env });
}
