// `postern acceptance`: the whole life of a gateway against a live ZITADEL, made for it and removed afterwards.
// docs/acceptance.md.

import { acceptance } from './acceptance/command.ts';
import { ACCEPTANCE_OPTIONS } from './acceptance/flags.ts';
import type { Command } from './commands.ts';

export const command: Command = { options: ACCEPTANCE_OPTIONS, run: acceptance };
