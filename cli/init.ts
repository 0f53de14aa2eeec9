// `postern init`: the operator's folder, with everything in it.
// docs/getting-started.md.

import type { Command } from './commands.ts';
import { INIT_OPTIONS, runInit } from './init/command.ts';
import { findOwnSource } from './init/package-source.ts';
import { withoutNpmCall } from './support/npm-environment.ts';
import { runProgram } from './support/run-program.ts';

export const command: Command = {
  options: INIT_OPTIONS,
  run: (args, system) =>
    runInit(args, system, {
      findSource: findOwnSource,
      runNpm: (words, folder) => runProgram('npm', words, { cwd: folder, env: withoutNpmCall(process.env) }),
    }),
};
