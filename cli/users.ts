// `postern users list`: who may use the application behind the gateway, and with which roles.
// docs/setup.md.

import type { Command } from './commands.ts';
import { ACTIONS } from './users/actions.ts';
import { USERS_OPTIONS, users } from './users/command.ts';

export const command: Command = { options: USERS_OPTIONS, words: Object.keys(ACTIONS), run: users };
