// `postern sites push FILE`: the list of sites in KV, which the running gateway takes without a deployment.
// docs/configuration.md, "Hundreds of sites".

import type { Command } from './commands.ts';
import { loadInstallation } from './installation/installation.ts';
import { runSites, SITES_OPTIONS } from './sites/command.ts';

export const command: Command = {
  options: SITES_OPTIONS,
  words: ['push', 'show'],
  run: (args, system) => runSites(args, system, loadInstallation),
};
