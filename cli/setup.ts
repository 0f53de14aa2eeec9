// `postern setup`: makes at ZITADEL what the gateway needs, and writes wrangler.toml and .dev.vars.
// docs/setup.md.

import type { Command } from './commands.ts';
import { setup } from './setup/command.ts';
import { SETUP_OPTIONS } from './setup/flags.ts';

export const command: Command = { options: SETUP_OPTIONS, run: setup };
