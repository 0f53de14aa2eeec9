// The command `deploy`: nothing is deployed that the files already show to be wrong; then Wrangler does it.
// docs/deploy.md.

import { parseArgs } from 'node:util';
import { examineFiles } from '../doctor/examine.ts';
import { hasFailed, printFindings } from '../doctor/report.ts';
import type { Place } from '../installation/files.ts';
import type { Installation } from '../installation/installation.ts';
import { CommandError, reportFailure } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import type { System } from '../support/system.ts';

export interface DeploySurroundings {
  readonly load: (place: Place) => Promise<Installation>;
  /** Runs Wrangler on this terminal, since it may ask who you are; its exit code. */
  readonly runWrangler: (args: readonly string[]) => Promise<number>;
}

const HELP = `deploy: looks the files over as doctor does, then deploys with Wrangler

  npx postern deploy
  npx postern deploy --env staging --secrets-file .secrets.staging

  --dry-run            builds and looks everything over, and uploads nothing
  --env NAME           Wrangler’s environment
  --config FILE        instead of wrangler.toml here
  --secrets-file FILE  secrets that go up with it (as .dev.vars is written): then there is no moment without them
  --message TEXT       said of this version in the list of versions
  --tag TAG            a short name for it
  --help

The first deployment creates the KV namespace and the objects. What docs/deploy.md says: domains, Tunnel, mTLS,
environments, rotation of secrets, roll back, gradual deployment, costs.

Exit codes: 0 deployed, 1 not, 2 the command makes no sense`;

export const DEPLOY_OPTIONS = {
  'dry-run': { type: 'boolean' },
  env: { type: 'string' },
  config: { type: 'string' },
  'secrets-file': { type: 'string' },
  message: { type: 'string' },
  tag: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof DEPLOY_OPTIONS }>>['values'];

export async function runDeploy(
  args: readonly string[],
  system: System,
  surroundings: DeploySurroundings,
): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: DEPLOY_OPTIONS });
    if (values.help) system.print(HELP);
    else await deploy(values, system, surroundings);
    return 0;
  } catch (cause) {
    return reportFailure('deploy', cause, system);
  }
}

async function deploy(values: Values, system: System, { load, runWrangler }: DeploySurroundings): Promise<void> {
  const installation = await load(values);
  const isDryRun = values['dry-run'] === true;
  // A dry run of the demo's configuration is how the build is tried.
  const findings = examineFiles(installation, system.now(), !isDryRun);
  system.print(`${printFindings(findings, createLook(system.hasColour.print))}\n`);
  if (hasFailed(findings))
    throw new CommandError('nothing was deployed', { hints: ['what stands behind → above comes first'] });
  const code = await runWrangler(['deploy', ...wranglerArguments(values)]);
  if (code !== 0) throw new CommandError(`Wrangler ended with code ${code}`, { hints: ['its own words are above'] });
  if (isDryRun) return;
  if (values['secrets-file'] === undefined)
    system.print('If this was the first time: openssl rand -hex 32 | npx wrangler secret put SESSION_SECRET');
  system.print('npx postern doctor  looks at it from outside');
}

function wranglerArguments(values: Values): readonly string[] {
  const { 'dry-run': isDryRun, help: _help, ...texts } = values;
  const given = Object.entries(texts).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return [...(isDryRun ? ['--dry-run'] : []), ...given];
}
