// `postern init`: the operator's folder, with everything in it.
// docs/getting-started.md.

import type { Command } from './commands.ts';
import { INIT_OPTIONS, runInit } from './init/command.ts';
import { findOwnSource } from './init/package-source.ts';
import { runNpm } from './init/run-npm.ts';

export const command: Command = {
  options: INIT_OPTIONS,
  run: (args, system) => runInit(args, system, { findSource: findOwnSource, runNpm }),
};
