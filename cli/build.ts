// `postern build`: what Wrangler runs before it bundles the worker. From postern.toml to a module of it.
// docs/configuration.md.

import { BUILD_OPTIONS, runBuild } from './build/command.ts';
import type { Command } from './commands.ts';

export const command: Command = { options: BUILD_OPTIONS, run: runBuild };
