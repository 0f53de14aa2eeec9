// `postern import oauth2-proxy.cfg`: the configuration of another gateway becomes that of this one.
// docs/moving.md.

import type { Command } from './commands.ts';
import { IMPORT_OPTIONS, runImport } from './import/command.ts';

export const command: Command = { options: IMPORT_OPTIONS, run: runImport };
