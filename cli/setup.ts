// `npm run setup`: makes at ZITADEL what the gateway needs, and writes wrangler.toml and .dev.vars.
// Issue 7; docs/setup.md.

import { setup } from './setup/command.ts';
import { createSystem } from './support/this-system.ts';

process.exitCode = await setup(process.argv.slice(2), createSystem());
