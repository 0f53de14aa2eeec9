// `npm run users -- list`: who may use the application behind the gateway, and with which roles.
// Issue 7; docs/setup.md.

import { createSystem } from './support/this-system.ts';
import { users } from './users/command.ts';

process.exitCode = await users(process.argv.slice(2), createSystem());
