// `npm run doctor`: checks the installation, line by line, and says what to do.
// Issue 7; docs/operations.md.

import { lookup } from 'node:dns/promises';
import { runDoctor } from './doctor/command.ts';
import { loadInstallation } from './doctor/installation.ts';
import { createSystem } from './support/this-system.ts';

process.exitCode = await runDoctor(process.argv.slice(2), createSystem(), {
  load: loadInstallation,
  lookup: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
});
