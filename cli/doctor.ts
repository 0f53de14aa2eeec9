// `postern doctor`: checks the installation, line by line, and says what to do.
// docs/operations.md.

import { lookup } from 'node:dns/promises';
import type { Command } from './commands.ts';
import { DOCTOR_OPTIONS, runDoctor } from './doctor/command.ts';
import { loadInstallation } from './installation/installation.ts';

export const command: Command = {
  options: DOCTOR_OPTIONS,
  run: (args, system) =>
    runDoctor(args, system, {
      load: loadInstallation,
      lookup: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
    }),
};
