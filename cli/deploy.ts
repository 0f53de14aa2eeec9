// `postern deploy`: doctor's look at the files, then Wrangler.
// docs/deploy.md.

import { spawn } from 'node:child_process';
import type { Command } from './commands.ts';
import { DEPLOY_OPTIONS, runDeploy } from './deploy/command.ts';
import { loadInstallation } from './installation/installation.ts';
import { withOwnPrograms } from './support/own-programs.ts';

export const command: Command = {
  options: DEPLOY_OPTIONS,
  run: (args, system) =>
    runDeploy(args, system, {
      load: loadInstallation,
      runWrangler: (words) =>
        new Promise((resolve, reject) => {
          const child = spawn('wrangler', words, { stdio: 'inherit', env: withOwnPrograms(process.env) });
          child.once('error', reject);
          child.once('close', (code) => resolve(code ?? 1));
        }),
    }),
};
