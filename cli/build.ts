// `postern build`: what Wrangler runs before it bundles the worker. From postern.toml to a module of it.
// docs/configuration.md.

import { runBuild } from './build/command.ts';
import { createSystem } from './support/this-system.ts';

process.exitCode = await runBuild(process.argv.slice(2), createSystem());
