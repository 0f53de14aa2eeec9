// The command `update`: shows what a new version changes, has it check the configuration, and only then changes anything.
// docs/upgrading.md.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openFiles } from '../installation/files.ts';
import { CommandError, reportFailure, UsageError } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import { withProgress } from '../support/progress.ts';
import type { RunInFolder } from '../support/run-program.ts';
import type { System } from '../support/system.ts';
import { applyPlan } from './apply.ts';
import { type OperatorFolder, openFolder } from './operator-folder.ts';
import { makePlan, type Plan } from './plan.ts';
import { printPlan } from './text.ts';
import { loadTomlParser } from './toml-parser.ts';
import { findWanted, getPackage } from './wanted.ts';

export interface UpdateSurroundings {
  /** The operator's folder. */
  readonly root: string;
  readonly npm: RunInFolder;
  readonly node: RunInFolder;
}

const HELP = `update: shows what a new version changes, has it check your configuration, then installs it

  npx postern update
  npx postern update 1.2.3
  npx postern update ./postern-1.2.3.tgz

The newest version, one that is named, or a tarball (a file, or an https:// address). Shown are the changelog, settings
that are new, renamed or gone, and what the platform must have. The new version itself then looks at wrangler.toml,
postern.toml, every environment and policy-tests; while it refuses any of it, nothing is changed.

  --dry-run      changes nothing (as without a terminal, unless --yes)
  --yes          does not ask
  --json         as JSON
  --config FILE  instead of wrangler.toml here
  --help

Changed are package.json (pinned to that version; wrangler and node too, where they are pinned to older ones), what npm
installs, and in wrangler.toml the compatibility date and missing migrations. Nothing is deployed.

Exit codes: 0 done or shown, 1 it did not work or was refused, 2 the command makes no sense`;

export const UPDATE_OPTIONS = {
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  json: { type: 'boolean' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof UPDATE_OPTIONS }>>['values'];

export async function runUpdate(
  args: readonly string[],
  system: System,
  surroundings: UpdateSurroundings,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: UPDATE_OPTIONS, allowPositionals: true });
    if (values.help) {
      system.print(HELP);
      return 0;
    }
    if (positionals.length > 1) throw new UsageError(`one version at a time: ${positionals.join(' ')}`);
    return await update(values, positionals[0], system, surroundings);
  } catch (cause) {
    return reportFailure('update', cause, system, args.includes('--json'));
  }
}

async function update(
  values: Values,
  given: string | undefined,
  system: System,
  surroundings: UpdateSurroundings,
): Promise<number> {
  const folder = await openFolder(surroundings.root);
  const prepare = () => prepareUpdate(values, given, folder, surroundings);
  const plan = await withProgress(system, 'getting the new version, and having it look at the configuration', prepare);
  const { version } = folder.installed.manifest;
  if (plan === undefined)
    return report(values, system, {
      status: 'current',
      sentence: `Postern ${version} is here already: nothing was changed`,
    });
  if (!values.json) system.print(`${printPlan(plan, createLook(system.hasColour.print))}\n`);
  if (plan.trials.some(({ ok }) => !ok))
    return report(values, system, {
      status: 'refused',
      plan,
      sentence: `${plan.to} refuses this configuration: nothing was changed`,
    });
  if (!(await isConfirmed(values, plan, system)))
    return report(values, system, { status: 'shown', plan, sentence: 'Nothing was changed: --yes does it' });
  // Nothing may be loaded from here on: npm replaces the files of this very program.
  await withProgress(system, 'npm installs it', () => applyPlan(plan, folder, surroundings.npm));
  return report(values, system, { status: 'updated', plan, sentence: `Postern ${plan.to} is installed. ${NEXT}` });
}

const NEXT = 'Nothing is deployed yet: npx postern deploy --dry-run, then npx postern deploy';

/** `undefined`: that version is here already. */
async function prepareUpdate(
  { config }: Values,
  given: string | undefined,
  folder: OperatorFolder,
  { npm, node }: UpdateSurroundings,
): Promise<Plan | undefined> {
  const wanted = await findWanted(given, folder, npm);
  const scratch = await mkdtemp(join(tmpdir(), 'postern-update-'));
  try {
    const next = await getPackage(wanted, folder, scratch, npm);
    if (next.manifest.version === folder.installed.manifest.version) return undefined;
    const files = await openFiles({ config });
    return await makePlan(wanted, next, { folder, files, scratch, node, parseToml: await loadTomlParser(scratch) });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function isConfirmed(values: Values, plan: Plan, { prompts }: System): Promise<boolean> {
  if (values['dry-run']) return false;
  if (values.yes) return true;
  if (!prompts || values.json) return false;
  const also = plan.proposal.edits.length > 0 ? ', and change wrangler.toml as shown' : '';
  if (await prompts.confirm(`Install ${plan.to}${also}?`)) return true;
  throw new CommandError('not confirmed: nothing was changed');
}

interface Outcome {
  readonly status: 'current' | 'refused' | 'shown' | 'updated';
  readonly sentence: string;
  readonly plan?: Plan;
}

/** Returns the exit code. */
function report({ json }: Values, system: System, { status, sentence, plan }: Outcome): number {
  const isRefused = status === 'refused';
  if (json) {
    const { proposal: { edits = [], byHand = [] } = {}, config: _config, ...rest } = plan ?? {};
    system.print(JSON.stringify({ ok: !isRefused, status, ...rest, ...(plan && { edits, byHand }) }, null, 2));
  } else if (isRefused) system.tell(`${createLook(system.hasColour.tell).bad('update:')} ${sentence}`);
  else system.print(sentence);
  return isRefused ? 1 : 0;
}
