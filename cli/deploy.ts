// `npm run deploy`: doctor's look at the files, then Wrangler.
// Issue 7; docs/deploy.md.

import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { runDeploy } from './deploy/command.ts';
import { loadInstallation } from './doctor/installation.ts';
import { createSystem } from './support/this-system.ts';

/** The project's own, also without `npm run`. */
const PATH = [join(import.meta.dirname, '../node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);

process.exitCode = await runDeploy(process.argv.slice(2), createSystem(), {
  load: loadInstallation,
  runWrangler: (args) =>
    new Promise((resolve, reject) => {
      const child = spawn('wrangler', args, { stdio: 'inherit', env: { ...process.env, PATH } });
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    }),
});
